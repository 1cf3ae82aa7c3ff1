package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The size of a TIFF's or BigTIFF's first picture, wherever its directory lies. */
final class TiffProbe extends HeaderProbe {
    private static final int MAX_ENTRIES = 1024;
    private static final int SHORT = 3;

    private @Nullable ByteOrder order;
    private boolean isBig;
    private int step;
    private long entries;

    TiffProbe() {
        super(ByteOrder.BIG_ENDIAN, 8);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (order != null) {
            header.order(order);
        }
        switch (step++) {
            case 0 -> first(header);
            case 1 -> next(header.getLong(0), 8);
            case 2 -> count(header, offset);
            default -> entries(header);
        }
    }

    private void first(ByteBuffer header) {
        order = header.getShort(0) == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        header.order(order);
        isBig = header.getShort(2) == 43;
        if (isBig) {
            next(8, 8);
        } else {
            step = 2;
            next(unsigned32(header, 4), 2);
        }
    }

    private void count(ByteBuffer header, long offset) {
        entries = isBig ? header.getLong(0) : unsigned16(header, 0);
        if (entries > 0 && entries <= MAX_ENTRIES) {
            next(offset + header.remaining(), (int) entries * entrySize());
        }
    }

    private int entrySize() {
        return isBig ? 20 : 12;
    }

    private void entries(ByteBuffer header) {
        long width = 0;
        long height = 0;
        for (int at = 0; at < entries * entrySize(); at += entrySize()) {
            switch (unsigned16(header, at)) {
                case 256 -> width = value(header, at);
                case 257 -> height = value(header, at);
                default -> {}
            }
        }
        size(width, height);
    }

    private long value(ByteBuffer header, int entry) {
        int at = entry + (isBig ? 12 : 8);
        return unsigned16(header, entry + 2) == SHORT ? unsigned16(header, at) : unsigned32(header, at);
    }
}
