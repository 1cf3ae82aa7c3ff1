package dev.mlops.api.dataset;

/**
 * A column of a CSV file or a member of the objects of a JSON lines file, as the first rows show it.
 *
 * @param name its name; {@code column1}, {@code column2} … where a CSV has no header
 * @param type what its values are
 * @param nullable true if a value is missing, empty, {@code null}, {@code NA} or {@code N/A}
 */
public record TableColumn(String name, ColumnType type, boolean nullable) {
    /** Such as {@code price number?}; the question mark stands for nullable. */
    @Override
    public String toString() {
        return name + " " + type.label() + (nullable ? "?" : "");
    }
}
