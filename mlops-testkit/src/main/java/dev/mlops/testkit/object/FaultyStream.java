package dev.mlops.testkit.object;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** A part of an object that is read wrongly. Confined to one thread. */
final class FaultyStream extends FilterInputStream {
    private static final byte MORE = 0x5a;

    private final Fault.Kind kind;
    private long position;
    private long extra;

    /** {@code offset} is where in the object the stream begins. */
    FaultyStream(InputStream in, long offset, Fault.Kind kind) {
        super(in);
        this.position = offset;
        this.kind = kind;
        this.extra = kind instanceof Fault.Kind.TooLong tooLong ? tooLong.extra() : 0;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int wanted = (int) Math.min(length, left());
        if (wanted == 0 && length > 0) {
            return end();
        }
        int n = in.read(bytes, offset, wanted);
        if (n > 0) {
            flip(bytes, offset, n);
            position += n;
        }
        return n < 0 ? more(bytes, offset, wanted) : n;
    }

    private int more(byte[] bytes, int offset, int length) {
        if (extra == 0) {
            return -1;
        }
        int n = (int) Math.min(length, extra);
        Arrays.fill(bytes, offset, offset + n, MORE);
        extra -= n;
        return n;
    }

    private long left() {
        if (kind instanceof Fault.Kind.Truncated truncated) {
            return Math.max(0, truncated.length() - position);
        }
        if (kind instanceof Fault.Kind.Broken broken) {
            return Math.max(0, broken.length() - position);
        }
        return Long.MAX_VALUE;
    }

    private int end() throws IOException {
        if (kind instanceof Fault.Kind.Broken && in.read() >= 0) {
            throw new IOException("the connection broke after " + position + " bytes");
        }
        return -1;
    }

    private void flip(byte[] bytes, int offset, int n) {
        if (kind instanceof Fault.Kind.FlippedBit flipped
                && flipped.offset() >= position
                && flipped.offset() < position + n) {
            bytes[offset + (int) (flipped.offset() - position)] ^= (byte) flipped.mask();
        }
    }

    @Override
    public long skip(long n) throws IOException {
        long skipped = 0;
        while (skipped < n && read() >= 0) {
            skipped++;
        }
        return skipped;
    }

    @Override
    public int available() {
        return 0;
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
