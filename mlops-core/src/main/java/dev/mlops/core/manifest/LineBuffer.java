package dev.mlops.core.manifest;

import java.util.Arrays;

/** Bytes of JSON that grow at their end, made without an object a value. Confined to one thread. */
final class LineBuffer {
    private static final int LONGEST_ESCAPE = 6;
    private static final int LONGEST_NUMBER = 20;
    private static final byte[] HEX = ascii("0123456789abcdef");

    private byte[] bytes;
    private int length;

    LineBuffer(int capacity) {
        this.bytes = new byte[capacity];
    }

    /** The bytes of a text of ASCII characters. */
    static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    int length() {
        return length;
    }

    void clear() {
        length = 0;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Adds bytes as they are. */
    LineBuffer raw(byte[] added) {
        return raw(added, added.length);
    }

    LineBuffer raw(LineBuffer added) {
        return raw(added.bytes, added.length);
    }

    private LineBuffer raw(byte[] added, int count) {
        reserve(count);
        System.arraycopy(added, 0, bytes, length, count);
        length += count;
        return this;
    }

    /** Adds a string with its quotes. Its surrogates must be pairs. */
    LineBuffer text(String text) {
        reserve(LONGEST_ESCAPE * text.length() + 2);
        bytes[length++] = '"';
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                addAscii(c);
            } else if (Character.isHighSurrogate(c)) {
                addSupplementary(text.codePointAt(i++));
            } else {
                addWide(c);
            }
        }
        bytes[length++] = '"';
        return this;
    }

    private void addAscii(char c) {
        if (c >= 0x20 && c != '"' && c != '\\') {
            bytes[length++] = (byte) c;
        } else if (c >= 0x20) {
            bytes[length++] = '\\';
            bytes[length++] = (byte) c;
        } else {
            raw(ascii("\\u00"));
            bytes[length++] = HEX[c >> 4];
            bytes[length++] = HEX[c & 0xf];
        }
    }

    private void addWide(char c) {
        if (c < 0x800) {
            bytes[length++] = (byte) (0xc0 | (c >> 6));
        } else {
            bytes[length++] = (byte) (0xe0 | (c >> 12));
            bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        }
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
    }

    private void addSupplementary(int c) {
        bytes[length++] = (byte) (0xf0 | (c >> 18));
        bytes[length++] = (byte) (0x80 | ((c >> 12) & 0x3f));
        bytes[length++] = (byte) (0x80 | ((c >> 6) & 0x3f));
        bytes[length++] = (byte) (0x80 | (c & 0x3f));
    }

    /** Adds a number. */
    LineBuffer number(long number) {
        if (number < 0) {
            return raw(ascii(Long.toString(number)));
        }
        reserve(LONGEST_NUMBER);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        length += digits;
        long rest = number;
        for (int i = length - 1; i >= length - digits; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return this;
    }

    private void reserve(int count) {
        if (count > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, count), 2 * bytes.length));
        }
    }
}
