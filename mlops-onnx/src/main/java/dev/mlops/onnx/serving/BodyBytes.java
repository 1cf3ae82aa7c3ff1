package dev.mlops.onnx.serving;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** The bytes of a body as they come. Takes no more memory than twice what came, whatever the client says of the length. */
final class BodyBytes {
    private static final int LEAST = 256;
    private static final int MOST_AT_FIRST = 64 * 1024;

    private final int most;
    private final long announced;
    private byte[] array;
    private int length;
    private long received;

    /**
     * Bytes of a body.
     *
     * @param most how many there may be
     * @param announced how many there will be, as the client says; -1 if it does not
     */
    BodyBytes(int most, long announced) {
        this.most = most;
        this.announced = announced;
        this.array = new byte[(int) Math.max(LEAST, Math.min(announced, Math.min(most, MOST_AT_FIRST)))];
    }

    /** Adds bytes, or only counts them if nobody wants them or there are too many. */
    void add(ByteBuf bytes, boolean isUnwanted) {
        int added = bytes.readableBytes();
        received += added;
        if (isUnwanted || isTooLong()) {
            array = new byte[0];
            return;
        }
        if (length + added > array.length) {
            long doubled = Math.max(2L * array.length, (long) length + added);
            array = Arrays.copyOf(array, (int) Math.min(doubled, most));
        }
        bytes.readBytes(array, length, added);
        length += added;
    }

    /** True if there are or will be more bytes than there may be. */
    boolean isTooLong() {
        return Math.max(received, announced) > most;
    }

    /** True if there are so many that it is better not to wait for the last to tell the client. */
    boolean isEndless() {
        return Math.max(received, announced) > 2L * most;
    }

    /** The bytes, from the start. */
    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }
}
