package dev.mlops.api.dataset;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;

/** What the label of a file is, for a split by label. Immutable. */
public sealed interface SplitLabel {
    /** The name of the folder that a file is in. */
    static SplitLabel folder() {
        return new Folder(-1);
    }

    /**
     * The name of one of the folders that a file is in.
     *
     * @param level 0 for the first part of the path, 1 for the second and so on; -1 for the folder that the file is in, -2
     *     for the one above and so on
     */
    static SplitLabel folder(int level) {
        return new Folder(level);
    }

    /**
     * A column of a CSV file (RFC 4180, UTF-8) in the version itself.
     *
     * @param file the path of the CSV file
     * @param pathColumn the name of the column with the paths of files
     * @param labelColumn the name of the column with their labels
     */
    static SplitLabel column(String file, String pathColumn, String labelColumn) {
        return new Column(file, pathColumn, labelColumn);
    }

    /**
     * The name of a folder; files for which there is no such folder have no label.
     *
     * @param level as in {@link #folder(int)}
     */
    record Folder(int level) implements SplitLabel {}

    /**
     * A column of a CSV file. A path there counts from the top of the version; for files below the folder of the CSV file
     * also from there. Files that it does not name have no label; the CSV file itself is in no split.
     *
     * @param file the path of the CSV file
     * @param pathColumn the name of the column with the paths of files, as in the first row
     * @param labelColumn the name of the column with their labels, as in the first row
     */
    record Column(String file, String pathColumn, String labelColumn) implements SplitLabel {
        /** Checks the path and the names. */
        public Column {
            RelativePath.check("label file", file);
            if (pathColumn.equals(labelColumn)) {
                throw new InvalidInputException("label column", labelColumn, "is the path column too");
            }
        }
    }
}
