package dev.mlops.api.dataset;

import java.util.Locale;

/** What the values of a table's column are, as far as the first rows tell. */
public enum ColumnType {
    /** Whole numbers, of any size; with leading zeros they are {@link #TEXT}. */
    INTEGER,
    /** Numbers, some of which are no whole ones. */
    NUMBER,
    /** {@code true} and {@code false}, in any case. */
    BOOLEAN,
    /** Dates, or dates with a time, as in ISO 8601. */
    DATE_TIME,
    /** Objects and arrays of a JSON lines file. */
    NESTED,
    /** Anything else. */
    TEXT;

    /** Such as {@code date-time}; the name in stored summaries. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
