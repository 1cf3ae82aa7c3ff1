package dev.mlops.jdbc;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.run.RunField;
import dev.mlops.api.run.RunFilter;
import dev.mlops.api.run.RunFilter.Membership;
import dev.mlops.api.run.RunFilter.Operator;
import java.util.List;

/** A filter of runs as SQL with parameters. */
final class RunCondition {
    private static final int MAX_TERMS = 1_000;

    private final Parameters parameters;
    private int terms;

    RunCondition(Parameters parameters) {
        this.parameters = parameters;
    }

    String sql(RunFilter filter) {
        if (++terms > MAX_TERMS) {
            throw new InvalidInputException("filter", "…", "must have at most " + MAX_TERMS + " conditions");
        }
        if (filter instanceof RunFilter.And and) {
            return joined(" AND ", and.terms());
        } else if (filter instanceof RunFilter.Or or) {
            return joined(" OR ", or.terms());
        } else if (filter instanceof RunFilter.NumberComparison comparison) {
            return number(comparison);
        } else if (filter instanceof RunFilter.TextComparison comparison) {
            return text(comparison);
        } else if (filter instanceof RunFilter.In in) {
            return in(in);
        }
        return presence((RunFilter.Presence) filter);
    }

    /** Halves the list, so that the expression is log n deep: SQLite refuses expressions deeper than 1,000. */
    private String joined(String operator, List<RunFilter> filters) {
        if (filters.isEmpty()) {
            throw new InvalidInputException("filter", "no conditions", "must have one at least");
        }
        if (filters.size() == 1) {
            return sql(filters.get(0));
        }
        int half = filters.size() / 2;
        return "(" + joined(operator, filters.subList(0, half)) + operator
                + joined(operator, filters.subList(half, filters.size())) + ")";
    }

    private String number(RunFilter.NumberComparison comparison) {
        RunField field = comparison.field();
        if (!field.isNumeric()) {
            throw new InvalidInputException("filter", field, "is text and cannot be compared with a number");
        }
        if (Double.isNaN(comparison.value())) {
            return "1 = 0";
        }
        String operator = comparison(field, comparison.operator());
        return RunColumn.of(field).where(operator + " " + parameters.add(comparison.value()), parameters);
    }

    private String text(RunFilter.TextComparison comparison) {
        RunField field = requireText(comparison.field());
        String value = comparison.value();
        String condition = switch (comparison.operator()) {
            case LIKE -> "<like>" + parameters.add(value) + "<likeEnd>";
            case ILIKE -> "<ilike>" + parameters.add(value) + "<ilikeEnd>";
            default -> comparison(field, comparison.operator()) + " " + parameters.add(value);
        };
        return RunColumn.of(field).where(condition, parameters);
    }

    private String in(RunFilter.In in) {
        RunField field = requireText(in.field());
        if (in.values().isEmpty()) {
            throw new InvalidInputException("filter", field + " IN ()", "must have one value at least");
        }
        String not = in.membership() == Membership.IN ? "" : "NOT ";
        return RunColumn.of(field).where(not + "IN " + parameters.list(in.values()), parameters);
    }

    private String presence(RunFilter.Presence presence) {
        String present = RunColumn.of(presence.field()).isPresent(parameters);
        return presence.membership() == Membership.IN ? "(" + present + ")" : "(NOT (" + present + "))";
    }

    private static RunField requireText(RunField field) {
        if (field.isNumeric()) {
            throw new InvalidInputException("filter", field, "is a number and cannot be compared with a text");
        }
        return field;
    }

    private static String comparison(RunField field, Operator operator) {
        return switch (operator) {
            case EQ -> "=";
            case NE -> "<>";
            case LT -> "<";
            case LE -> "<=";
            case GT -> ">";
            case GE -> ">=";
            case LIKE, ILIKE -> throw new InvalidInputException("filter", field, "is a number; LIKE is for text");
        };
    }
}
