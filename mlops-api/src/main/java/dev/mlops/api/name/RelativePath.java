package dev.mlops.api.name;

import dev.mlops.api.error.InvalidInputException;
import java.nio.charset.StandardCharsets;

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
        if (path.startsWith("/") || path.matches("[A-Za-z]:.*")) {
            throw new InvalidInputException(field, path, "must be relative");
        }
        for (int i = 0; i < path.length(); i++) {
            if (Character.isISOControl(path.charAt(i)) || path.charAt(i) == '\\') {
                throw new InvalidInputException(field, path, "must not contain a backslash or a control character");
            }
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(path)) {
            throw new InvalidInputException(field, path, "must be whole Unicode characters");
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new InvalidInputException(field, path, "must not contain an empty part, '.' or '..'");
            }
        }
        return path;
    }
}
