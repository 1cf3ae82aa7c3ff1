package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/**
 * The channel of a zip, which ends the reading of its directory when that is larger than allowed: the parser holds the
 * whole directory in memory, and an archive may have millions of empty entries.
 */
final class DirectoryLimitChannel implements SeekableByteChannel {
    private static final int SEARCH = 1 << 20; // the parser looks for the directory's end in small, repeated reads

    private final SeekableByteChannel channel;
    private final Object path;
    private final long limit;
    private long read;
    private volatile boolean opened;

    DirectoryLimitChannel(SeekableByteChannel channel, Object path, ArchiveLimits limits) {
        this.channel = channel;
        this.path = path;
        this.limit = limits.directoryBytes();
    }

    /** The directory was read; what follows is counted elsewhere. */
    void opened() {
        opened = true;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = channel.read(target);
        if (!opened) {
            read += Math.max(0, count);
            if (read > limit + SEARCH) {
                throw new InvalidInputException("zip", path, "has a directory of more than " + limit + " bytes");
            }
        }
        return count;
    }

    @Override
    public long position() throws IOException {
        return channel.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        channel.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
