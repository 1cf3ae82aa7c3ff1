package dev.mlops.core.manifest;

import java.text.Normalizer;
import java.util.Locale;

/** Makes paths equal that some file system takes for one. */
public final class FoldedPath {
    private FoldedPath() {}

    /**
     * Equal for paths that differ in case or Unicode form only; but not always where a combining iota stands before other
     * marks, as its upper case does not combine.
     */
    public static String of(String path) {
        if (isAscii(path)) {
            return path.toLowerCase(Locale.ROOT);
        }
        // Decomposed before: the upper case of a combining iota does not combine, and then is where it stood (Unicode,
        // D145).
        String decomposed = Normalizer.normalize(path, Normalizer.Form.NFD);
        // first to lower case: the capital sharp s has no other upper case, the small one has
        String folded =
                decomposed.toLowerCase(Locale.ROOT).toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
        return Normalizer.normalize(folded, Normalizer.Form.NFC);
    }

    private static boolean isAscii(String path) {
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }
}
