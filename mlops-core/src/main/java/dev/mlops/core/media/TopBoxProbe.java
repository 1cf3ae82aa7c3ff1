package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds one box at the top of an ISO media file, wherever it lies; what is before it is skipped, not read. */
abstract class TopBoxProbe extends HeaderProbe {
    private static final int HEADER = 8;

    private final int wanted;
    private boolean isBody;
    private boolean isLong;
    private long start;
    private int type;

    TopBoxProbe(int wanted) {
        super(ByteOrder.BIG_ENDIAN, HEADER);
        this.wanted = wanted;
    }

    /** Looks at the inside of the box, cut where it is larger than a window. */
    abstract void body(ByteBuffer box);

    @Override
    final void read(ByteBuffer header, long offset) {
        if (isBody) {
            body(header);
        } else if (isLong) {
            isLong = false;
            box(header.getLong(0), offset + HEADER);
        } else {
            start = offset;
            type = header.getInt(4);
            long size = unsigned32(header, 0);
            isLong = size == 1;
            if (isLong) {
                next(offset + HEADER, HEADER);
            } else {
                box(size, offset + HEADER);
            }
        }
    }

    private void box(long size, long inside) {
        long end = start + size;
        if (type == wanted) {
            isBody = true;
            next(inside, (int) Math.max(0, Math.min(MAX_WINDOW, end - inside)));
        } else if (end >= inside) {
            next(end, HEADER);
        }
    }
}
