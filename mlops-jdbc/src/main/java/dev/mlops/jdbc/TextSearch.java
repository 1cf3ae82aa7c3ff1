package dev.mlops.jdbc;

/** Search for a part of a text that ignores the case of ASCII letters. */
final class TextSearch {
    private TextSearch() {}

    /** Folds as {@code lower} does in both databases (on PostgreSQL under the collation "C" of our columns). */
    static String fold(String text) {
        StringBuilder folded = new StringBuilder(text);
        for (int i = 0; i < folded.length(); i++) {
            char c = folded.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                folded.setCharAt(i, (char) (c + ('a' - 'A')));
            }
        }
        return folded.toString();
    }
}
