package dev.mlops.api.name;

import dev.mlops.api.error.InvalidInputException;

/** The rules for paths of files inside a data set version, a run's artifacts or a model version. */
public final class RelativePath {
    private static final int MAX_LENGTH = 1024;

    private RelativePath() {}

    /**
     * Checks a relative path with {@code /} between its parts: not empty, at most 1,024 characters, no empty part, no
     * part {@code .} or {@code ..}, not absolute, no backslash, no drive letter, no control character, whole Unicode characters.
     *
     * @param field what the path is, for the message, such as {@code zip entry}
     * @return the path
     * @throws InvalidInputException if it breaks a rule
     */
    public static String check(String field, String path) {
        if (path.isEmpty() || path.length() > MAX_LENGTH) {
            throw new InvalidInputException(field, path, "must be 1 to " + MAX_LENGTH + " characters");
        }
        if (path.startsWith("/") || hasDriveLetter(path)) {
            throw new InvalidInputException(field, path, "must be relative");
        }
        checkCharacters(field, path);
        checkParts(field, path);
        return path;
    }

    private static boolean hasDriveLetter(String path) {
        char first = path.charAt(0);
        return path.length() > 1
                && path.charAt(1) == ':'
                && ((first >= 'A' && first <= 'Z') || (first >= 'a' && first <= 'z'));
    }

    private static void checkCharacters(String field, String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (Character.isISOControl(c) || c == '\\') {
                throw new InvalidInputException(field, path, "must not contain a backslash or a control character");
            }
            if (Character.isSurrogate(c)) {
                boolean isPair = i + 1 < path.length() && Character.isSurrogatePair(c, path.charAt(i + 1));
                if (!isPair) {
                    throw new InvalidInputException(field, path, "must be whole Unicode characters");
                }
                i++;
            }
        }
    }

    private static void checkParts(String field, String path) {
        for (int start = 0; start <= path.length(); ) {
            int slash = path.indexOf('/', start);
            int end = slash < 0 ? path.length() : slash;
            if (isEmptyOrDots(path, start, end)) {
                throw new InvalidInputException(field, path, "must not contain an empty part, '.' or '..'");
            }
            start = end + 1;
        }
    }

    private static boolean isEmptyOrDots(String path, int start, int end) {
        return end == start
                || (end == start + 1 && path.charAt(start) == '.')
                || (end == start + 2 && path.startsWith("..", start));
    }
}
