package dev.mlops.core.media;

import dev.mlops.api.dataset.MediaFacts;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of a binary format out of the bytes that go by, window by window: {@link #read} looks at one and asks
 * for the {@link #next}, which may lie anywhere behind it. So a header at the end of a file is found as well as one at its
 * beginning, and what lies between is not kept. A window is cut where the file ends, and a header that makes no sense ends
 * the search: what was found until then stays.
 */
abstract class HeaderProbe implements Probe {
    /** The largest window. */
    static final int MAX_WINDOW = 256 * 1024;

    /** No picture is wider or higher. */
    private static final long MAX_SIDE = 1 << 24;

    private static final long MAX_MILLIS = 1000L * 365 * 24 * 60 * 60 * 1000;

    private final ByteOrder order;
    private byte[] window = {};
    private long position;
    private long from;
    private int length;
    private int filled;
    private @Nullable Integer width;
    private @Nullable Integer height;
    private @Nullable Long millis;

    HeaderProbe(ByteOrder order, int firstWindow) {
        this.order = order;
        this.length = firstWindow;
    }

    /**
     * Looks at a window and asks for the next one.
     *
     * @param header the window; reading beyond its end ends the search
     * @param offset where it lies in the file
     */
    abstract void read(ByteBuffer header, long offset);

    /** Called once after the last byte, if something is to be found from the length of the file. */
    void end(long fileLength) {}

    /** Asks for the next window, which must not begin before the end of the one before. */
    final void next(long offset, int size) {
        if (offset >= from + filled && size > 0 && size <= MAX_WINDOW) {
            from = offset;
            length = size;
        }
    }

    @Override
    public final void update(byte[] bytes, int offset, int count) {
        long end = position + count;
        while (length > 0 && from + filled < end && from + filled >= position) {
            int at = (int) (from + filled - position);
            int n = Math.min(length - filled, count - at);
            take(bytes, offset + at, n);
        }
        position = end;
    }

    private void take(byte[] bytes, int offset, int n) {
        if (filled == 0 && n == length) {
            filled = n;
            look(ByteBuffer.wrap(bytes, offset, n).slice());
            return;
        }
        if (filled + n > window.length) {
            window = Arrays.copyOf(window, Math.min(length, Math.max(filled + n, 2 * window.length)));
        }
        System.arraycopy(bytes, offset, window, filled, n);
        filled += n;
        if (filled == length) {
            look(ByteBuffer.wrap(window, 0, filled).slice());
        }
    }

    private void look(ByteBuffer header) {
        long offset = from;
        length = 0;
        try {
            read(header.order(order), offset);
        } catch (IndexOutOfBoundsException e) {
            length = 0; // the header speaks of more than there is
        }
        filled = 0;
    }

    /** The size of the picture, the larger one where there are several; nonsense is not taken. */
    final void size(long foundWidth, long foundHeight) {
        if (foundWidth <= 0 || foundHeight <= 0 || foundWidth > MAX_SIDE || foundHeight > MAX_SIDE) {
            return;
        }
        if (width == null || height == null || foundWidth * foundHeight > (long) width * height) {
            width = (int) foundWidth;
            height = (int) foundHeight;
        }
    }

    /** The duration as a number of units of which there are so many in a second; nonsense is not taken. */
    final void duration(double units, double perSecond) {
        double found = units / perSecond * 1000;
        if (perSecond > 0 && found >= 0 && found <= MAX_MILLIS) {
            millis = Math.round(found);
        }
    }

    @Override
    public final Inspection finish(String mediaType) {
        if (length > 0 && filled > 0) {
            look(ByteBuffer.wrap(window, 0, filled).slice());
        }
        end(position);
        MediaFacts facts =
                width == null && millis == null ? MediaFacts.NONE : new MediaFacts(width, height, millis, null);
        return new Inspection(mediaType, facts, List.of(), 0);
    }

    /** A number of 16 bits without a sign. */
    static int unsigned16(ByteBuffer header, int index) {
        return header.getShort(index) & 0xffff;
    }

    /** A number of 32 bits without a sign. */
    static long unsigned32(ByteBuffer header, int index) {
        return header.getInt(index) & 0xffffffffL;
    }
}
