package dev.mlops.s3;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * The body of one put, which must have as many bytes as it says. Its own failures are kept, as they would come out of
 * the SDK as failures of the network, and end all further attempts. One put, whose attempts may run on other threads
 * one after the other.
 */
final class Upload {
    private static final String MEDIA_TYPE = "application/octet-stream";

    private final String key;
    private final ObjectBody body;
    private final long length;
    private volatile @Nullable RuntimeException failure;

    /**
     * Creates the upload.
     *
     * @throws InvalidInputException if the length is negative or more than {@code maxLength}
     */
    Upload(String key, ObjectBody body, long maxLength) {
        this.key = key;
        this.body = body;
        this.length = body.length();
        if (length < 0 || length > maxLength) {
            throw lied("must be 0 to " + maxLength + " bytes, the most that one request may carry");
        }
    }

    /** What to give to the SDK. */
    RequestBody requestBody() {
        if (length > 0) {
            return RequestBody.fromContentProvider(this::open, length, MEDIA_TYPE);
        }
        checkEmpty();
        return RequestBody.empty();
    }

    /** Why the body failed, if it did; then whatever the SDK says is a consequence. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /** The SDK does not open a body of no bytes. */
    private void checkEmpty() {
        try (InputStream in = open()) {
            if (in.read() >= 0) {
                throw lied("the body gave more bytes");
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputStream open() {
        if (failure != null) {
            throw failure;
        }
        try {
            return new Checked(body.open());
        } catch (IOException e) {
            throw keep(unreadable(e));
        } catch (RuntimeException e) {
            throw keep(e);
        }
    }

    private <E extends RuntimeException> E keep(E e) {
        failure = e;
        return e;
    }

    private InvalidInputException lied(String rule) {
        return new InvalidInputException("length of the body of object '" + key + "'", length, rule);
    }

    private UnavailableException unreadable(IOException e) {
        return new UnavailableException("cannot read the body of object '" + key + "': " + e.getMessage(), e);
    }

    /** Looks for a byte too many before it gives the last one, as nobody asks for more after that. */
    private final class Checked extends InputStream {
        private final InputStream in;
        private long count;

        Checked(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) {
            try {
                int n = in.read(bytes, offset, wanted);
                count += Math.max(n, 0);
                if (n < 0 && count < length) {
                    throw lied("the body gave only " + count + " bytes");
                }
                if (count > length || (n > 0 && count == length && in.read() >= 0)) {
                    throw lied("the body gave more bytes");
                }
                return n;
            } catch (IOException e) {
                throw keep(unreadable(e));
            } catch (RuntimeException e) {
                throw keep(e);
            }
        }

        @Override
        public void close() {
            try {
                in.close();
            } catch (IOException e) {
                throw keep(unreadable(e));
            }
        }
    }
}
