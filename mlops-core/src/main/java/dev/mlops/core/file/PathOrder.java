package dev.mlops.core.file;

import java.util.Comparator;

/**
 * The order of paths in a manifest: by Unicode code point, which is the order of their UTF-8 bytes and so the same in
 * every language ({@link String#compareTo} differs beyond U+FFFF).
 */
public enum PathOrder implements Comparator<String> {
    /** The only order. */
    BY_CODE_POINT;

    @Override
    public int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean onlyOneIsSurrogate = Character.isSurrogate(left) != Character.isSurrogate(right);
                return onlyOneIsSurrogate && Math.min(left, right) >= Character.MIN_SURROGATE
                        ? Boolean.compare(Character.isSurrogate(left), Character.isSurrogate(right))
                        : Character.compare(left, right);
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
