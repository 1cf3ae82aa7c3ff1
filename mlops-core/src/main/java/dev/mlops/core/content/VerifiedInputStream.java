package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * Reads one buffer ahead, so that the last bytes are given only after the digest of all was found right: who has all
 * the bytes has verified bytes, even if he never asks for the end. Confined to one thread.
 */
final class VerifiedInputStream extends InputStream {
    private static final int BUFFER = 32 * 1024;
    private static final byte[] NONE = {};

    private final InputStream in;
    private final Sha256 expected;
    private final long maxSize;
    private final Mismatch mismatch;
    private final MessageDigest digest = Sha256.newDigest();
    private byte[] current = NONE;
    private byte[] ahead = NONE;
    private int position;
    private int limit;
    private int limitAhead;
    private long size;
    private boolean started;
    private boolean ended;
    private @Nullable IOException failure;

    /** What to throw when the bytes are not the expected ones; may throw by itself. */
    @FunctionalInterface
    interface Mismatch {
        IOException of(String found);
    }

    /** At most {@code maxSize} bytes are expected. */
    VerifiedInputStream(InputStream in, Sha256 expected, long maxSize, Mismatch mismatch) {
        this.in = in;
        this.expected = expected;
        this.maxSize = maxSize;
        this.mismatch = mismatch;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == limit && !advance()) {
            return -1;
        }
        int n = Math.min(length, limit - position);
        System.arraycopy(current, position, bytes, offset, n);
        position += n;
        return n;
    }

    private boolean advance() throws IOException {
        if (!started) {
            started = true;
            readAhead();
        }
        rethrow();
        byte[] free = current;
        current = ahead;
        limit = limitAhead;
        position = 0;
        ahead = free;
        limitAhead = 0;
        if (!ended) {
            readAhead();
        }
        return limit > 0;
    }

    private void readAhead() throws IOException {
        if (ahead.length == 0) {
            ahead = new byte[BUFFER];
        }
        limitAhead = in.readNBytes(ahead, 0, BUFFER);
        size += limitAhead;
        digest.update(ahead, 0, limitAhead);
        if (size > maxSize) {
            fail("more than " + maxSize + " bytes");
        }
        if (limitAhead < BUFFER) {
            ended = true;
            check();
        }
    }

    private void check() throws IOException {
        Sha256 found = Sha256.ofDigest(digest.digest());
        if (!found.equals(expected)) {
            fail(size + " bytes with SHA-256 " + found);
        }
    }

    private void fail(String found) throws IOException {
        limit = 0;
        position = 0;
        ended = true;
        failure = mismatch.of(found);
        throw failure;
    }

    private void rethrow() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
