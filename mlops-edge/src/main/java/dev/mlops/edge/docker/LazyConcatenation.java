package dev.mlops.edge.docker;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;

/**
 * One stream after another, each opened when the one before ended. Unlike {@link java.io.SequenceInputStream}, closing
 * early does not open those that remain.
 */
final class LazyConcatenation extends InputStream {
    private final Iterator<ModelTar.Opener> rest;
    private InputStream current = InputStream.nullInputStream();

    LazyConcatenation(Iterator<ModelTar.Opener> streams) {
        this.rest = streams;
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
        int count = current.read(bytes, offset, length);
        while (count < 0 && rest.hasNext()) {
            current.close();
            current = rest.next().open();
            count = current.read(bytes, offset, length);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        current.close();
    }
}
