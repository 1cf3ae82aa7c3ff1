package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size and duration of a Matroska or WebM file, where they are told before the data (RFC 9559). */
final class MatroskaProbe extends HeaderProbe {
    private static final int WINDOW = 64 * 1024;
    private static final int MAX_DEPTH = 6;
    private static final int SEGMENT = 0x18538067;
    private static final int INFO = 0x1549a966;
    private static final int TRACKS = 0x1654ae6b;
    private static final int TRACK = 0xae;
    private static final int VIDEO = 0xe0;
    private static final int TIMESTAMP_SCALE = 0x2ad7b1;
    private static final int DURATION = 0x4489;
    private static final int PIXEL_WIDTH = 0xb0;
    private static final int PIXEL_HEIGHT = 0xba;

    private long nanosPerTick = 1_000_000;
    private double ticks;
    private long width;

    MatroskaProbe() {
        super(ByteOrder.BIG_ENDIAN, WINDOW);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        walk(header, 0);
    }

    @Override
    void end(long fileLength) {
        if (ticks > 0) {
            duration(ticks * nanosPerTick, 1e9);
        }
    }

    private void walk(ByteBuffer elements, int depth) {
        while (elements.remaining() > 1 && depth < MAX_DEPTH) {
            int id = (int) number(elements, Marker.KEPT);
            long size = number(elements, Marker.REMOVED);
            int length = (int) Math.min(size, elements.remaining());
            element(id, elements.slice(elements.position(), length), depth);
            elements.position(elements.position() + length);
        }
    }

    private enum Marker {
        KEPT,
        REMOVED
    }

    /** A number of one to eight bytes; its leading zeros tell how many more there are. All ones stand for not known. */
    private static long number(ByteBuffer in, Marker marker) {
        int first = in.get(in.position()) & 0xff;
        int more = Integer.numberOfLeadingZeros(first) - 24;
        if (more >= Long.BYTES || in.remaining() <= more) {
            throw new IndexOutOfBoundsException("no number");
        }
        long value = marker == Marker.KEPT ? first : first & ((0x80 >> more) - 1);
        boolean isUnknown = value == (0x80 >> more) - 1;
        for (int i = 1; i <= more; i++) {
            int next = in.get(in.position() + i) & 0xff;
            isUnknown &= next == 0xff;
            value = value << 8 | next;
        }
        in.position(in.position() + more + 1);
        return isUnknown ? Long.MAX_VALUE : value;
    }

    private void element(int id, ByteBuffer content, int depth) {
        switch (id) {
            case SEGMENT, INFO, TRACKS, TRACK, VIDEO -> walk(content, depth + 1);
            case TIMESTAMP_SCALE -> nanosPerTick = unsigned(content);
            case DURATION -> ticks = content.remaining() == Float.BYTES ? content.getFloat(0) : content.getDouble(0);
            case PIXEL_WIDTH -> width = unsigned(content);
            case PIXEL_HEIGHT -> size(width, unsigned(content));
            default -> {}
        }
    }

    private static long unsigned(ByteBuffer content) {
        if (content.remaining() > Integer.BYTES) {
            return 0;
        }
        long value = 0;
        for (int i = 0; i < content.remaining(); i++) {
            value = value << 8 | (content.get(i) & 0xff);
        }
        return value;
    }
}
