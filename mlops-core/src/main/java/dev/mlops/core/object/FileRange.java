package dev.mlops.core.object;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Exactly the bytes of a range of a file, read where they lie; a file that ends before them is damaged. Confined to one
 * thread.
 */
final class FileRange extends InputStream {
    private final FileChannel channel;
    private final String what;
    private final long end;
    private long position;

    private FileRange(FileChannel channel, long position, long end, String what) {
        this.channel = channel;
        this.position = position;
        this.end = end;
        this.what = what;
    }

    /**
     * Opens a range, which is cut at the end of the file.
     *
     * @param what what the file is, for messages
     * @throws InvalidInputException if {@code offset} is past the end
     */
    static FileRange open(Path file, long offset, long length, String what) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            long size = channel.size();
            if (offset > size) {
                throw new InvalidInputException("offset in " + what, offset, "must be at most its size " + size);
            }
            return new FileRange(channel, offset, offset + Math.min(length, size - offset), what);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
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
        if (position == end) {
            return -1;
        }
        int n = channel.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - position)), position);
        if (n < 0) {
            String message = what + " ended " + (end - position) + " bytes too early";
            throw new IOException(message, new IntegrityException(message));
        }
        position += n;
        return n;
    }

    @Override
    public long skip(long n) {
        long skipped = Math.max(0, Math.min(n, end - position));
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
