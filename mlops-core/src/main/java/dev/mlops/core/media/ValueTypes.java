package dev.mlops.core.media;

import dev.mlops.api.dataset.ColumnType;
import org.jspecify.annotations.Nullable;

/** Tells the type of a value from its bytes; nothing is allocated for it. */
final class ValueTypes {
    private static final int LONGEST_DATE = 35;

    private ValueTypes() {}

    /** The type; null for what stands for no value: nothing, {@code null}, {@code NA}, {@code N/A}. */
    static @Nullable ColumnType of(byte[] bytes, int start, int end) {
        int from = start;
        int to = end;
        while (from < to && bytes[from] == ' ') {
            from++;
        }
        while (to > from && bytes[to - 1] == ' ') {
            to--;
        }
        if (from == to || isNothing(bytes, from, to)) {
            return null;
        }
        int first = bytes[from];
        if (isDigit(first) || first == '-' || first == '+' || first == '.') {
            return isDate(bytes, from, to) ? ColumnType.DATE_TIME : number(bytes, from, to);
        }
        if (is(bytes, from, to, "true") || is(bytes, from, to, "false")) {
            return ColumnType.BOOLEAN;
        }
        return is(bytes, from, to, "nan") ? ColumnType.NUMBER : ColumnType.TEXT;
    }

    private static boolean isNothing(byte[] bytes, int from, int to) {
        return is(bytes, from, to, "null") || is(bytes, from, to, "na") || is(bytes, from, to, "n/a");
    }

    /** Compares with small letters, ignoring case. */
    private static boolean is(byte[] bytes, int from, int to, String word) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            int b = bytes[from + i];
            if ((b >= 'A' && b <= 'Z' ? b | 0x20 : b) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(int b) {
        return b >= '0' && b <= '9';
    }

    private static int digits(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isDigit(bytes[at])) {
            at++;
        }
        return at;
    }

    private static int sign(byte[] bytes, int from, int to) {
        return from < to && (bytes[from] == '-' || bytes[from] == '+') ? from + 1 : from;
    }

    private static ColumnType number(byte[] bytes, int from, int to) {
        int start = sign(bytes, from, to);
        int at = digits(bytes, start, to);
        if (at == to) {
            boolean isCode = bytes[start < to ? start : from] == '0' && to - start > 1;
            return at == start || isCode ? ColumnType.TEXT : ColumnType.INTEGER;
        }
        int some = at - start;
        if (bytes[at] == '.') {
            int fraction = digits(bytes, at + 1, to);
            some += fraction - at - 1;
            at = fraction;
        }
        if (some > 0 && at < to && (bytes[at] | 0x20) == 'e') {
            int exponent = sign(bytes, at + 1, to);
            at = digits(bytes, exponent, to);
            some = at - exponent;
        }
        return at == to && some > 0 ? ColumnType.NUMBER : ColumnType.TEXT;
    }

    /** Such as 2024-05-17, 2024-05-17 12:30, 2024-05-17T12:30:05.123+02:00. */
    private static boolean isDate(byte[] bytes, int from, int to) {
        if (to - from > LONGEST_DATE || !matches(bytes, from, to, "dddd-dd-dd")) {
            return false;
        }
        int at = from + 10;
        if (at == to) {
            return true;
        }
        if ((bytes[at] != 'T' && bytes[at] != ' ') || !matches(bytes, at + 1, to, "dd:dd")) {
            return false;
        }
        at += 6;
        if (matches(bytes, at, to, ":dd")) {
            at += 3;
            if (at < to && bytes[at] == '.' && digits(bytes, at + 1, to) > at + 1) {
                at = digits(bytes, at + 1, to);
            }
        }
        return isZone(bytes, at, to);
    }

    private static boolean isZone(byte[] bytes, int at, int to) {
        if (at == to) {
            return true;
        }
        if (bytes[at] == 'Z') {
            return at + 1 == to;
        }
        return sign(bytes, at, to) == at + 1
                && ((to - at == 6 && matches(bytes, at + 1, to, "dd:dd"))
                        || (to - at == 5 && matches(bytes, at + 1, to, "dddd")));
    }

    /** True if it begins with the pattern, in which {@code d} stands for a digit. */
    private static boolean matches(byte[] bytes, int from, int to, String pattern) {
        if (to - from < pattern.length()) {
            return false;
        }
        for (int i = 0; i < pattern.length(); i++) {
            char p = pattern.charAt(i);
            if (p == 'd' ? !isDigit(bytes[from + i]) : bytes[from + i] != p) {
                return false;
            }
        }
        return true;
    }
}
