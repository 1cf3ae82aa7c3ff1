package dev.mlops.core.content;

import dev.mlops.api.spi.object.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * A copy of a content on disk that vanishes with its channel: the operating system deletes it even if this process is
 * killed, so there are no leftovers to collect.
 */
final class StagedFile implements ObjectBody, AutoCloseable {
    private final FileChannel channel;
    private long length;

    private StagedFile(FileChannel channel) {
        this.channel = channel;
    }

    static StagedFile createIn(Path folder) throws IOException {
        Files.createDirectories(folder);
        return new StagedFile(FileChannel.open(
                folder.resolve("staged-" + UUID.randomUUID()),
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

    @Override
    public long length() {
        return length;
    }

    @Override
    public InputStream open() {
        return new InputStream() {
            private long position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int count) throws IOException {
                int n = channel.read(ByteBuffer.wrap(bytes, offset, count), position);
                position += Math.max(n, 0);
                return n;
            }
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
