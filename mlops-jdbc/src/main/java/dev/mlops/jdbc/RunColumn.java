package dev.mlops.jdbc;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.run.RunField;
import java.util.Map;

/**
 * Where a field of runs is in the database: a column of the run or its experiment, or a row with a key in a table of
 * its own.
 *
 * @param field the field
 * @param table the table of rows with keys, or an empty text
 * @param keyColumn the column of the key in that table, or an empty text
 * @param value the column of the value; NULL where there is none. {@code %s} stands for the table's alias
 */
record RunColumn(RunField field, String table, String keyColumn, String value) {
    private static final Map<String, String> ATTRIBUTES = Map.of(
            "run_id", "run.id",
            "run_name", "run.name",
            "status", "run.status",
            "start_time", "run.started_at",
            "end_time", "run.ended_at",
            "user_id", "run.started_by",
            "experiment", "experiment.name");

    static RunColumn of(RunField field) {
        return switch (field.kind()) {
            case METRIC ->
                new RunColumn(
                        field,
                        "metric_series",
                        "metric_key",
                        "CASE WHEN %1$s.latest_is_number = 1 THEN %1$s.latest_value END");
            case PARAM -> new RunColumn(field, "run_param", "param_key", "%s.value");
            case TAG -> new RunColumn(field, "run_tag", "tag_key", "%s.value");
            case ATTRIBUTE -> new RunColumn(field, "", "", attribute(field.key()));
        };
    }

    private static String attribute(String name) {
        String column = ATTRIBUTES.get(name);
        if (column == null) {
            throw new InvalidInputException("run attribute", name, "must be one of " + ATTRIBUTES.keySet());
        }
        return column;
    }

    private boolean isAttribute() {
        return table.isEmpty();
    }

    /** The value where {@link #join} has joined the table under an alias. */
    String orderValue(String alias) {
        return value.formatted(alias);
    }

    String join(String alias, Parameters parameters) {
        return isAttribute()
                ? ""
                : "  LEFT JOIN %1$s AS %2$s ON %2$s.run_id = run.id AND %2$s.%3$s = %4$s\n"
                        .formatted(table, alias, keyColumn, parameters.add(field.key()));
    }

    /** That the run has a value, and it meets a condition that follows the value. */
    String where(String condition, Parameters parameters) {
        return "(%s %s)".formatted(isAttribute() ? value : only(value.formatted("x"), parameters), condition);
    }

    String isPresent(Parameters parameters) {
        return "%s IS NOT NULL".formatted(isAttribute() ? value : only("1", parameters));
    }

    /**
     * The value in the one row with the key, or NULL. Not EXISTS: planners make joins of EXISTS, and take minutes to
     * order the joins of a filter with hundreds of conditions.
     */
    private String only(String column, Parameters parameters) {
        return "(SELECT %s FROM %s AS x WHERE x.run_id = run.id AND x.%s = %s)"
                .formatted(column, table, keyColumn, parameters.add(field.key()));
    }
}
