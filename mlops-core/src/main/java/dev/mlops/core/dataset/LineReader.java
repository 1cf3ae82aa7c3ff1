package dev.mlops.core.dataset;

import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads lines of at most {@link ManifestFormat#MAX_LINE} bytes and knows where they are; a line that is longer, or that
 * the stream ends in, is refused. Confined to one thread.
 */
final class LineReader {
    private final InputStream in;
    private final byte[] buffer = new byte[4 * ManifestFormat.MAX_LINE];
    private long bufferOffset;
    private int start;
    private int length;
    private int limit;

    /** Reads from a stream whose first byte, the first of a line, has an offset. */
    LineReader(InputStream in, long offset) {
        this.in = in;
        this.bufferOffset = offset;
    }

    /** Goes to the next line; false at the end. */
    boolean advance() throws IOException {
        start += length;
        int end = newline(start);
        if (end < 0) {
            fill();
            end = newline(start);
        }
        if (end < 0 && start < limit) {
            throw new IntegrityException("manifest has a line of more than %d bytes, or ends in a line, at byte %d"
                    .formatted(ManifestFormat.MAX_LINE, offset()));
        }
        length = end < 0 ? 0 : end + 1 - start;
        return end >= 0;
    }

    private int newline(int from) {
        int to = Math.min(limit, from + ManifestFormat.MAX_LINE);
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, start, buffer, 0, limit - start);
        bufferOffset += start;
        limit -= start;
        start = 0;
        limit += in.readNBytes(buffer, limit, buffer.length - limit);
    }

    /** Where the line begins. */
    long offset() {
        return bufferOffset + start;
    }

    /** The bytes that hold the line. */
    byte[] buffer() {
        return buffer;
    }

    /** Where in {@link #buffer} the line begins. */
    int start() {
        return start;
    }

    /** How many bytes the line has, without its end. */
    int length() {
        return length - 1;
    }
}
