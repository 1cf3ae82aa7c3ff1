package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Takes the paths of a version's files one by one and refuses those that are not safe, or that some file system could
 * not keep apart: equal but for case or Unicode form, or a file where another path needs a folder.
 */
final class FilePaths {
    private final String field;
    private final int limit;
    private final Map<String, String> files = new HashMap<>();
    private final Set<String> folders = new HashSet<>();

    /**
     * Begins without paths.
     *
     * @param field what the paths are, for messages, such as {@code zip entry}
     * @param limit the most paths
     */
    FilePaths(String field, int limit) {
        this.field = field;
        this.limit = limit;
    }

    /** Takes the path of a file. */
    String add(String path) {
        RelativePath.check(field, path);
        String key = key(path);
        if (files.size() == limit) {
            throw new InvalidInputException(field, path, "is one too many; a version has at most " + limit + " files");
        }
        String other = files.put(key, path);
        if (other != null) {
            throw new InvalidInputException(field, path, collision(path, other));
        }
        addFolders(path, key);
        if (folders.contains(key)) {
            throw new InvalidInputException(field, path, "is a file, and also a folder of other files");
        }
        return path;
    }

    private void addFolders(String path, String key) {
        for (int slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1)) {
            String folder = key.substring(0, slash);
            String file = files.get(folder);
            if (file != null) {
                throw new InvalidInputException(field, path, "needs a folder where '" + file + "' is a file");
            }
            if (!folders.add(folder)) {
                return;
            }
        }
    }

    private static String collision(String path, String other) {
        return path.equals(other) ? "occurs twice" : "differs from '" + other + "' only in case or Unicode form";
    }

    private static String key(String path) {
        return Normalizer.normalize(path, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    }
}
