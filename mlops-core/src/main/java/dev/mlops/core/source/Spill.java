package dev.mlops.core.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Bytes put aside in a file that vanishes with its channel: the operating system deletes it even if this process is
 * killed. One thread may append; several may read what was appended before.
 */
final class Spill implements AutoCloseable {
    private final FileChannel channel;
    private long length;

    private Spill(FileChannel channel) {
        this.channel = channel;
    }

    static Spill createIn(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new Spill(FileChannel.open(
                folder.resolve("spill-" + UUID.randomUUID()),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    void append(byte[] bytes, int count) throws IOException {
        for (ByteBuffer rest = ByteBuffer.wrap(bytes, 0, count); rest.hasRemaining(); ) {
            length += channel.write(rest);
        }
    }

    long length() {
        return length;
    }

    /** For a reader that owns the spill from now on. */
    SeekableByteChannel channel() throws IOException {
        return channel.position(0);
    }

    /** The bytes from one position up to another. */
    InputStream open(long from, long to) {
        return new InputStream() {
            private long position = from;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                if (count == 0) {
                    return 0;
                }
                int most = (int) Math.min(count, to - position);
                int n = most <= 0 ? -1 : channel.read(ByteBuffer.wrap(bytes, offset, most), position);
                position += Math.max(n, 0);
                return n;
            }
        };
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
