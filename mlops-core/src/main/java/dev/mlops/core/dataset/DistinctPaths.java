package dev.mlops.core.dataset;

import dev.mlops.api.error.InvalidInputException;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the paths of a version can lie side by side in a directory on every file system: no two are equal when
 * case and Unicode form are ignored, and none is both a file and a folder. Confined to one thread at a time; keeps every
 * path.
 */
final class DistinctPaths {
    private final Map<String, String> files = new HashMap<>();
    private final Map<String, String> folders = new HashMap<>();
    private final Set<String> knownFolders = new HashSet<>();

    /** Adds the path of a file; {@link InvalidInputException} names both paths if it collides with one before. */
    void add(String path) {
        String folded = fold(path);
        refuse(path, folders.get(folded), "is a file, but is a folder of");
        refuse(path, files.putIfAbsent(folded, path), "must differ in more than case and Unicode form from");
        addFolderOf(path, path);
    }

    private void addFolderOf(String path, String file) {
        int slash = path.lastIndexOf('/');
        if (slash < 0 || !knownFolders.add(path.substring(0, slash))) {
            return;
        }
        String folder = path.substring(0, slash);
        String folded = fold(folder);
        refuse(file, files.get(folded), "has among its folders a name that is also a file:");
        folders.putIfAbsent(folded, file);
        addFolderOf(folder, file);
    }

    private static void refuse(String path, @Nullable String other, String rule) {
        if (other != null) {
            throw new InvalidInputException("file path", path, rule + " '" + other + "'");
        }
    }

    /** Equal for paths that some file system takes for one. */
    static String fold(String path) {
        boolean isAscii = path.chars().allMatch(c -> c < 0x80);
        if (isAscii) {
            return path.toLowerCase(Locale.ROOT);
        }
        String folded = path.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFC);
    }
}
