package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import java.util.List;

/**
 * A condition on runs: MLflow's filter grammar with OR, parentheses and IS NULL besides. Immutable.
 *
 * <p>A comparison never matches a run that lacks the key; NaN matches no numeric comparison.
 */
public sealed interface RunFilter {
    /**
     * Reads a filter.
     *
     * <pre>
     * filter     := and (OR and)*
     * and        := term (AND term)*
     * term       := '(' filter ')' | field operator value | field [NOT] IN '(' text (',' text)* ')' | field IS [NOT] NULL
     * field      := [metric(s) | param(s) | parameter(s) | tag(s) | attribute(s) | attr | run] '.' key
     * key        := bare | "quoted" | `quoted`
     * operator   := = | != | &lt; | &lt;= | &gt; | &gt;= for numbers; = | != | LIKE | ILIKE for text
     * value      := number | 'text' | "text"
     * </pre>
     *
     * Words are case-insensitive, text is compared case-sensitively; a field without a type is an attribute.
     *
     * @throws InvalidInputException if the text does not follow the grammar, with the position
     */
    static RunFilter parse(String text) {
        return new RunFilterParser(text).filter();
    }

    /** All must hold; at least one. */
    record And(List<RunFilter> terms) implements RunFilter {
        /** Copies the terms. */
        public And {
            terms = List.copyOf(terms);
        }
    }

    /** One must hold; at least one is there. */
    record Or(List<RunFilter> terms) implements RunFilter {
        /** Copies the terms. */
        public Or {
            terms = List.copyOf(terms);
        }
    }

    /** A number compared. */
    record NumberComparison(RunField field, Operator operator, double value) implements RunFilter {}

    /** A text compared. */
    record TextComparison(RunField field, Operator operator, String value) implements RunFilter {}

    /** Whether a text is one of several. */
    record In(RunField field, List<String> values, Membership membership) implements RunFilter {
        /** Copies the values. */
        public In {
            values = List.copyOf(values);
        }
    }

    /** Whether the run has the key at all. */
    record Presence(RunField field, Membership membership) implements RunFilter {}

    /** In or out: of a list, or of the keys that a run has. */
    enum Membership {
        /** It is in the list; the run has the key (IS NOT NULL). */
        IN,
        /** It is not in the list; the run lacks the key (IS NULL). */
        NOT_IN
    }

    /** How to compare. */
    enum Operator {
        /** Equal. */
        EQ,
        /** Not equal. */
        NE,
        /** Less. */
        LT,
        /** Less or equal. */
        LE,
        /** Greater. */
        GT,
        /** Greater or equal. */
        GE,
        /** SQL LIKE with {@code %} and {@code _}, case-sensitive. */
        LIKE,
        /** SQL LIKE with {@code %} and {@code _}, not case-sensitive. */
        ILIKE
    }
}
