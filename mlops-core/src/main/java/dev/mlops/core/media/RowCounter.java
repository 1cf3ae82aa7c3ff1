package dev.mlops.core.media;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Counts the rows of a text table, eight bytes at a step: lines that are not blank, where line ends between quotes end
 * none. A quote opens only at the beginning of a field.
 */
final class RowCounter {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long LINE_ENDS = ONES * '\n';
    private static final int NO_DELIMITER = -1;

    private final long quotes;
    private final int delimiter;
    private boolean isQuoted;
    private long position;
    private long rowStart;
    private long closedAt = -1;
    private byte last;
    private long rows;

    private RowCounter(long quotes, int delimiter) {
        this.quotes = quotes;
        this.delimiter = delimiter;
    }

    /** Of lines, quotes meaning nothing. */
    static RowCounter ofLines() {
        return new RowCounter(LINE_ENDS, NO_DELIMITER);
    }

    /** Of a CSV. */
    static RowCounter ofCsv(int delimiter) {
        return new RowCounter(ONES * '"', delimiter);
    }

    void update(byte[] bytes, int offset, int length) {
        if (length == 0) {
            return;
        }
        int end = offset + length;
        int at = offset;
        while ((at = nextMark(bytes, at, end)) < end) {
            byte before = at == offset ? last : bytes[at - 1];
            mark(bytes[at], before, position + at - offset);
            at++;
        }
        position += length;
        last = bytes[end - 1];
    }

    private int nextMark(byte[] bytes, int from, int end) {
        int at = from;
        while (at + Long.BYTES <= end) {
            long eight = (long) LONGS.get(bytes, at);
            long hits = zeros(eight ^ quotes) | zeros(eight ^ LINE_ENDS);
            if (hits != 0) {
                return at + Long.numberOfTrailingZeros(hits) / Byte.SIZE;
            }
            at += Long.BYTES;
        }
        while (at < end && bytes[at] != '\n' && bytes[at] != (byte) quotes) {
            at++;
        }
        return at;
    }

    /** Has the high bit set in the lowest byte that is zero, and none below it. */
    private static long zeros(long eight) {
        return (eight - ONES) & ~eight & HIGHS;
    }

    private void mark(byte mark, byte before, long at) {
        if (mark == '\n') {
            if (!isQuoted) {
                endRow(at, before);
                rowStart = at + 1;
            }
        } else if (isQuoted) {
            isQuoted = false;
            closedAt = at;
        } else {
            isQuoted = at == rowStart || before == delimiter || (closedAt >= 0 && at == closedAt + 1);
        }
    }

    private void endRow(long at, byte before) {
        boolean isBlank = at == rowStart || (at == rowStart + 1 && before == '\r');
        rows += isBlank ? 0 : 1;
    }

    /** The rows; a last one without a line end counts. To be asked once, after the last byte. */
    long finish() {
        endRow(position, last);
        return rows;
    }
}
