package dev.mlops.core.object;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The bytes of a body, which must be as many as it says; throws {@link InvalidInputException} when they are not and
 * {@link UnavailableException} when the body fails, so that an {@link IOException} beside it is the disk's. Confined to
 * one thread.
 */
final class BodyStream extends InputStream {
    private static final int STEP = 1024 * 1024;

    private final String key;
    private final long length;
    private final InputStream in;
    private long count;

    private BodyStream(String key, long length, InputStream in) {
        this.key = key;
        this.length = length;
        this.in = in;
    }

    static BodyStream open(String key, ObjectBody body) {
        long length = body.length();
        if (length < 0) {
            throw new InvalidInputException(field(key), length, "must not be negative");
        }
        try {
            return new BodyStream(key, length, body.open());
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) {
        int n;
        try {
            n = in.read(bytes, offset, wanted);
        } catch (IOException e) {
            throw unreadable(key, e);
        }
        count += Math.max(n, 0);
        if (count > length || (n < 0 && count < length)) {
            String found = n < 0 ? "only " + count : "more";
            throw new InvalidInputException(field(key), length, "the body gave " + found + " bytes");
        }
        return n;
    }

    /** Writes all bytes in large steps; what {@code out} throws is passed on as it is. */
    void writeTo(WritableByteChannel out) throws IOException {
        byte[] step = new byte[(int) Math.max(1, Math.min(STEP, length))];
        for (int n = readNBytes(step, 0, step.length); n > 0; n = readNBytes(step, 0, step.length)) {
            for (ByteBuffer bytes = ByteBuffer.wrap(step, 0, n); bytes.hasRemaining(); ) {
                out.write(bytes);
            }
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw unreadable(key, e);
        }
    }

    private static String field(String key) {
        return "length of the body of object '" + key + "'";
    }

    private static UnavailableException unreadable(String key, IOException e) {
        return new UnavailableException("cannot read the body of object '" + key + "': " + e.getMessage(), e);
    }
}
