package dev.mlops.core.dataset;

import dev.mlops.api.dataset.SplitLabel;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tells the label of a file. Immutable. */
interface FileLabels {
    /** The label of the file with a path; empty if it has none. */
    String labelOf(String path);

    /** True if the file is to be in no split. */
    default boolean isApart(String path) {
        return false;
    }

    /** The labels that are meant. */
    static FileLabels of(SplitLabel label, SplitPass.Draft draft) {
        if (label instanceof SplitLabel.Folder folder) {
            return path -> folder(path, folder.level());
        }
        return column((SplitLabel.Column) label, draft);
    }

    private static String folder(String path, int level) {
        String[] parts = path.split("/", -1);
        int folders = parts.length - 1;
        int index = level < 0 ? folders + level : level;
        return index >= 0 && index < folders ? parts[index] : "";
    }

    private static FileLabels column(SplitLabel.Column column, SplitPass.Draft draft) {
        Map<String, String> labels;
        try (InputStream in = draft.open(column.file())) {
            if (in == null) {
                throw new InvalidInputException("label file", column.file(), "is not among the files");
            }
            labels = read(column, new CsvRows("label file " + column.file(), in));
        } catch (IOException e) {
            throw ReadFailures.of("cannot read label file " + column.file(), e);
        }
        String folder = column.file().substring(0, column.file().lastIndexOf('/') + 1);
        return new FileLabels() {
            @Override
            public String labelOf(String path) {
                String label = labels.get(path);
                if (label == null && path.startsWith(folder)) {
                    label = labels.get(path.substring(folder.length()));
                }
                return label == null ? "" : label;
            }

            @Override
            public boolean isApart(String path) {
                return path.equals(column.file());
            }
        };
    }

    private static Map<String, String> read(SplitLabel.Column column, CsvRows rows) throws IOException {
        List<String> header = rows.next();
        int path = index(column, header, column.pathColumn());
        int label = index(column, header, column.labelColumn());
        Map<String, String> labels = new HashMap<>();
        Map<String, String> distinct = new HashMap<>();
        for (List<String> row = rows.next(); row != null; row = rows.next()) {
            if (row.size() <= Math.max(path, label)) {
                throw new InvalidInputException(
                        "label file " + column.file(), row, "row %d has too few columns".formatted(rows.row()));
            }
            String key = row.get(path).startsWith("./") ? row.get(path).substring(2) : row.get(path);
            String value = distinct.computeIfAbsent(row.get(label), name -> name);
            String other = labels.put(key, value);
            if (other != null && !other.equals(value)) {
                throw new InvalidInputException(
                        "label of " + key, value, "is '%s' in an earlier row of %s".formatted(other, column.file()));
            }
        }
        return labels;
    }

    private static int index(SplitLabel.Column column, @Nullable List<String> header, String name) {
        int index = header == null ? -1 : header.indexOf(name);
        if (index < 0) {
            throw new InvalidInputException(
                    "column of label file " + column.file(),
                    name,
                    header == null ? "the file is empty" : "must be one of " + String.join(", ", header));
        }
        return index;
    }
}
