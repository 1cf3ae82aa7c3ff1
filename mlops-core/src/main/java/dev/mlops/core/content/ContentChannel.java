package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.MlopsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Reads a content at any position; holds the chunk that was read last. Thread-safe, one call at a time. */
final class ContentChannel implements SeekableByteChannel {
    private final BlobReader reader;
    private final Sha256 content;
    private final ChunkCursor cursor;
    private final long size;
    private byte[] chunk = {};
    private long chunkStart;
    private long position;
    private boolean closed;

    ContentChannel(BlobReader reader, Sha256 content, ChunkCursor cursor) {
        this.reader = reader;
        this.content = content;
        this.cursor = cursor;
        this.size = cursor.size();
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        requireOpen();
        if (position >= size) {
            return target.hasRemaining() ? -1 : 0;
        }
        int total = 0;
        while (target.hasRemaining() && position < size) {
            if (position < chunkStart || position >= chunkStart + chunk.length) {
                load();
            }
            int from = (int) (position - chunkStart);
            int n = Math.min(target.remaining(), chunk.length - from);
            target.put(chunk, from, n);
            position += n;
            total += n;
        }
        return total;
    }

    private void load() throws IOException {
        try {
            boolean isNext = chunk.length > 0 && position == chunkStart + chunk.length;
            if (!isNext) {
                cursor.seek(position);
            }
            cursor.advance();
            chunk = reader.read(cursor.id());
            chunkStart = cursor.start();
        } catch (MlopsException e) {
            chunk = new byte[0];
            throw new IOException("content %s cannot be read: %s".formatted(content, e.getMessage()), e);
        }
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
    public synchronized long position() throws IOException {
        requireOpen();
        return position;
    }

    @Override
    public synchronized SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        if (newPosition < 0) {
            throw new IllegalArgumentException("position " + newPosition + " must not be negative");
        }
        position = newPosition;
        return this;
    }

    @Override
    public synchronized long size() throws IOException {
        requireOpen();
        return size;
    }

    @Override
    public synchronized boolean isOpen() {
        return !closed;
    }

    @Override
    public synchronized void close() {
        closed = true;
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
