package dev.mlops.api.spi.object;

import dev.mlops.api.error.InvalidInputException;

/** The rules for object keys, shared by every {@link ObjectStore}. */
public final class ObjectKeys {
    /** The most characters that a key may have. */
    public static final int MAX_LENGTH = 512;

    private static final String RULE =
            "must be 1 to 512 characters of A-Z a-z 0-9 . _ / - with no empty part and no part '.' or '..'";
    private static final String PREFIX_RULE = "must be at most 512 characters of A-Z a-z 0-9 . _ / -";

    private ObjectKeys() {}

    /**
     * Checks a key.
     *
     * @return the key
     * @throws InvalidInputException if it breaks a rule
     */
    public static String check(String key) {
        if (!isValid(key)) {
            throw new InvalidInputException("object key", key, RULE);
        }
        return key;
    }

    /**
     * Checks a prefix for a listing; unlike a key it may be empty and may end anywhere.
     *
     * @return the prefix
     * @throws InvalidInputException if no key can start with it because of its length or its characters
     */
    public static String checkPrefix(String prefix) {
        if (prefix.length() > MAX_LENGTH || !hasOnlyKeyCharacters(prefix)) {
            throw new InvalidInputException("object key prefix", prefix, PREFIX_RULE);
        }
        return prefix;
    }

    /** True if {@code key} keeps the rules. */
    public static boolean isValid(String key) {
        if (key.isEmpty() || key.length() > MAX_LENGTH || !hasOnlyKeyCharacters(key)) {
            return false;
        }
        for (String part : key.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasOnlyKeyCharacters(String text) {
        return text.chars().allMatch(ObjectKeys::isKeyCharacter);
    }

    private static boolean isKeyCharacter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '-' && c <= '9') || c == '_';
    }
}
