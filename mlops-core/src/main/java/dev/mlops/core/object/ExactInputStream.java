package dev.mlops.core.object;

import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.io.InputStream;

/** Gives exactly so many bytes of a stream; one that ends before them is damaged. Confined to one thread. */
final class ExactInputStream extends InputStream {
    private final InputStream in;
    private final String what;
    private long remaining;

    ExactInputStream(InputStream in, long length, String what) {
        this.in = in;
        this.remaining = length;
        this.what = what;
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
        if (remaining == 0) {
            return -1;
        }
        int n = in.read(bytes, offset, (int) Math.min(length, remaining));
        if (n < 0) {
            String message = what + " ended " + remaining + " bytes too early";
            throw new IOException(message, new IntegrityException(message));
        }
        remaining -= n;
        return n;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(remaining, in.available());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
