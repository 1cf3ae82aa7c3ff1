package dev.mlops.core.source;

import dev.mlops.api.content.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Writes values into a buffer that grows. Paths are written as what they do not share with the path before. */
final class RecordWriter {
    private byte[] buffer = new byte[1 << 12];
    private int size;
    private byte[] lastPath = {};

    int size() {
        return size;
    }

    byte[] buffer() {
        return buffer;
    }

    /** Begins anew, with no path before. */
    void clear() {
        size = 0;
        lastPath = new byte[0];
    }

    /** Seven bits a byte, the lowest first; small numbers are short. */
    void number(long value) {
        need(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    /** Short for numbers near 0, negative ones too. */
    void signed(long value) {
        number(value << 1 ^ value >> 63);
    }

    void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length);
        append(bytes, 0, bytes.length);
    }

    void path(String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        int shared = Math.max(0, Arrays.mismatch(lastPath, bytes));
        number(shared);
        number(bytes.length - shared);
        append(bytes, shared, bytes.length - shared);
        lastPath = bytes;
    }

    void digest(Sha256 digest) {
        byte[] bytes = HexFormat.of().parseHex(digest.hex());
        append(bytes, 0, bytes.length);
    }

    /** A number that is not negative, or null. */
    void optional(@Nullable Number value) {
        number(value == null ? 0 : value.longValue() + 1);
    }

    private void append(byte[] bytes, int from, int count) {
        need(count);
        System.arraycopy(bytes, from, buffer, size, count);
        size += count;
    }

    private void need(int more) {
        if (size + more > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
        }
    }
}
