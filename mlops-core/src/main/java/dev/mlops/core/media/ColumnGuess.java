package dev.mlops.core.media;

import dev.mlops.api.dataset.ColumnType;
import dev.mlops.api.dataset.TableColumn;
import org.jspecify.annotations.Nullable;

/** What the values of a column are, guessed value by value. */
final class ColumnGuess {
    /** How many columns are told. */
    static final int MAX_COLUMNS = 200;

    /** Longer names are cut. */
    static final int MAX_NAME = 100;

    private @Nullable ColumnType type;
    private long values;

    /** A value of this type; null for one that stands for nothing. */
    void add(@Nullable ColumnType next) {
        if (next == null) {
            return;
        }
        values++;
        if (type == null || type == next) {
            type = next;
        } else {
            type = isNumeric(type) && isNumeric(next) ? ColumnType.NUMBER : ColumnType.TEXT;
        }
    }

    private static boolean isNumeric(ColumnType type) {
        return type == ColumnType.INTEGER || type == ColumnType.NUMBER;
    }

    /** The column, of so many rows. */
    TableColumn column(String name, long rows) {
        return new TableColumn(cut(name), type == null ? ColumnType.TEXT : type, values < rows);
    }

    /** A name that fits. */
    static String cut(String name) {
        return name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME - 1) + "…";
    }
}
