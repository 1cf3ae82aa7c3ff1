package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Stands between a tar and its parser: ends headers that are longer than any honest one, which the parser would hold in
 * memory, and knows whether the archive ends with the block of zeros that says so. Confined to one thread.
 */
final class TarHeaderGuard extends FilterInputStream {
    private static final int HEADER_LIMIT = 4 << 20;
    private static final int BLOCK = 512;

    private final String archive;
    private boolean inHeader;
    private long ofHeader;
    private long position;
    private boolean isZeroBlock;
    private boolean hasEnd;

    TarHeaderGuard(String archive, InputStream in) {
        super(new BufferedInputStream(in, 64 * 1024));
        this.archive = archive;
    }

    void beginHeader() {
        inHeader = true;
        ofHeader = 0;
    }

    void endHeader() {
        inHeader = false;
    }

    /** The parser takes the end of the bytes for the end of the archive. */
    void requireEnd() {
        inHeader = false;
        if (!hasEnd) {
            throw new InvalidInputException("archive", archive, "is truncated: its last block is missing");
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int n = in.read(bytes, offset, length);
        if (inHeader && n > 0) {
            countHeader(bytes, offset, n);
        } else {
            isZeroBlock = false;
            position += Math.max(0, n);
        }
        return n;
    }

    private void countHeader(byte[] bytes, int offset, int n) {
        ofHeader += n;
        if (ofHeader > HEADER_LIMIT) {
            throw new InvalidInputException("archive", archive, "has a header of more than " + HEADER_LIMIT + " bytes");
        }
        for (int i = offset; i < offset + n; i++) {
            isZeroBlock = bytes[i] == 0 && (isZeroBlock || position % BLOCK == 0);
            position++;
            hasEnd |= isZeroBlock && position % BLOCK == 0;
        }
    }

    @Override
    public long skip(long count) throws IOException {
        return count <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
