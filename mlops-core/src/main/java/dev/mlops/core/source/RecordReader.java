package dev.mlops.core.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link RecordWriter} wrote; {@link IOException} if it cannot be that. */
final class RecordReader {
    private static final int DIGEST = 32;

    private byte[] bytes = {};
    private int position;
    private byte[] lastPath = {};

    /** Goes on with other bytes, with no path before. */
    void read(byte[] bytes) {
        this.bytes = bytes;
        position = 0;
        lastPath = new byte[0];
    }

    boolean hasMore() {
        return position < bytes.length;
    }

    long number() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            require(1);
            byte next = bytes[position++];
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number has too many bytes");
    }

    long signed() throws IOException {
        long value = number();
        return value >>> 1 ^ -(value & 1);
    }

    String text() throws IOException {
        int length = count(number());
        position += length;
        return new String(bytes, position - length, length, StandardCharsets.UTF_8);
    }

    String path() throws IOException {
        long shared = number();
        int added = count(number());
        if (shared < 0 || shared > lastPath.length) {
            throw new IOException("a path shares more than the one before has");
        }
        byte[] path = Arrays.copyOf(lastPath, (int) shared + added);
        System.arraycopy(bytes, position, path, (int) shared, added);
        position += added;
        lastPath = path;
        return new String(path, StandardCharsets.UTF_8);
    }

    byte[] digest() throws IOException {
        require(DIGEST);
        position += DIGEST;
        return Arrays.copyOfRange(bytes, position - DIGEST, position);
    }

    @Nullable
    Long optional() throws IOException {
        long value = number();
        return value == 0 ? null : Long.valueOf(value - 1);
    }

    @Nullable
    Integer optionalInt() throws IOException {
        Long value = optional();
        return value == null ? null : Integer.valueOf((int) value.longValue());
    }

    private int count(long count) throws IOException {
        if (count < 0 || count > bytes.length) {
            throw new IOException("a length of %d in %d bytes".formatted(count, bytes.length));
        }
        require((int) count);
        return (int) count;
    }

    private void require(int count) throws IOException {
        if (bytes.length - position < count) {
            throw new IOException("a record ends early");
        }
    }
}
