package dev.mlops.api.run;

/**
 * What a filter or an order looks at.
 *
 * @param kind where to look
 * @param key the key of the metric, parameter or tag, or the name of the attribute: {@code run_id}, {@code run_name},
 *     {@code status}, {@code start_time}, {@code end_time}, {@code user_id} or {@code experiment}
 */
public record RunField(Kind kind, String key) {
    /** Where to look. */
    public enum Kind {
        /** The latest value of a metric: a number. */
        METRIC,
        /** A parameter: text. */
        PARAM,
        /** A tag: text. */
        TAG,
        /** An attribute of the run: text, or a number (milliseconds since 1970) for times. */
        ATTRIBUTE
    }

    /** True if its values are numbers. */
    public boolean isNumeric() {
        return kind == Kind.METRIC || (kind == Kind.ATTRIBUTE && key.endsWith("_time"));
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + "s." + key;
    }
}
