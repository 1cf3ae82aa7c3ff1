package dev.mlops.onnx.serving;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** The bytes of a body as they come. Takes no more memory than twice what came, whatever the client says of the length. */
final class BodyBytes {
    private static final byte[] NONE = {};

    private final int most;
    private final long announced;
    private final HeldBytes.Share share;
    private byte[] array = NONE;
    private int length;
    private long received;
    private boolean isTooMuch;

    /**
     * Bytes of a body.
     *
     * @param most how many there may be
     * @param announced how many there will be, as the client says; -1 if it does not
     * @param share counts the memory
     */
    BodyBytes(int most, long announced, HeldBytes.Share share) {
        this.most = most;
        this.announced = announced;
        this.share = share;
    }

    /** Adds bytes, or only counts them if nobody wants them or there are too many. */
    void add(ByteBuffer bytes, boolean isUnwanted) {
        int added = bytes.remaining();
        received += added;
        if (isUnwanted || isTooLong() || !hasRoomFor(added)) {
            array = NONE;
            share.become(0);
            return;
        }
        bytes.get(array, length, added);
        length += added;
    }

    private boolean hasRoomFor(int added) {
        int needed = length + added;
        if (needed > array.length && !isTooMuch) {
            long expected = announced < 0 ? most : announced;
            int size = (int) Math.max(needed, Math.min(2L * array.length, expected));
            isTooMuch = !share.grow(size - array.length);
            if (!isTooMuch) {
                array = Arrays.copyOf(array, size);
            }
        }
        return !isTooMuch;
    }

    /** True if there are or will be more bytes than there may be. */
    boolean isTooLong() {
        return Math.max(received, announced) > most;
    }

    /** True if there was no room for them beside the bodies of others. */
    boolean isTooMuch() {
        return isTooMuch;
    }

    /** True if there are so many that it is better not to wait for the last to tell the client. */
    boolean isEndless() {
        return Math.max(received, announced) > 2L * most;
    }

    /** Gives away the bytes, from the start of the array, which are garbage when the caller has read them. */
    byte[] take() {
        byte[] taken = array;
        array = NONE;
        return taken;
    }

    int length() {
        return length;
    }
}
