package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.MlopsException;
import dev.mlops.core.pack.BlobId;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a content at any position. A jump reads one chunk; who goes on from there gets groups of chunks, each larger than
 * the last, of which the next is read by another thread if there is one. Thread-safe, one call at a time.
 */
final class ContentChannel implements SeekableByteChannel {
    private static final Logger log = LoggerFactory.getLogger(ContentChannel.class);
    private static final int FIRST_GROUP = 512 * 1024;
    private static final int LAST_GROUP = 4 * 1024 * 1024;

    private final BlobReader reader;
    private final Sha256 content;
    private final ChunkCursor cursor;
    private final long size;
    private final Executor executor;
    /** The chunks that follow {@code chunk}; those of {@code ahead} follow them, and the cursor is at the last of all. */
    private final Deque<byte[]> ready = new ArrayDeque<>();

    private @Nullable FutureTask<List<byte[]>> ahead;
    private int group;
    private byte[] chunk = {};
    private long chunkStart;
    private long position;
    private boolean closed;

    ContentChannel(BlobReader reader, Sha256 content, ChunkCursor cursor, Executor executor) {
        this.reader = reader;
        this.content = content;
        this.cursor = cursor;
        this.size = cursor.size();
        this.executor = executor;
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
        boolean isNext = chunk.length > 0 && position == chunkStart + chunk.length;
        if (isNext && !ready.isEmpty()) {
            take();
            return;
        }
        try {
            if (!isNext || !readOn()) {
                jump();
            }
        } catch (MlopsException e) {
            forget();
            throw new IOException("content %s cannot be read: %s".formatted(content, e.getMessage()), e);
        } catch (IOException e) {
            forget();
            throw e;
        }
    }

    private void take() {
        chunkStart += chunk.length;
        chunk = ready.remove();
    }

    /** False if the next group cannot be read as a whole: then the chunk that is asked for may be intact all the same. */
    private boolean readOn() throws IOException {
        try {
            ready.addAll(await(ahead == null ? nextGroup() : ahead));
        } catch (MlopsException e) {
            log.debug("reading content {} chunk by chunk", content, e);
            return false;
        }
        ahead = nextGroup();
        begin(ahead);
        take();
        return true;
    }

    private FutureTask<List<byte[]>> nextGroup() {
        group = group == 0 ? FIRST_GROUP : Math.min(LAST_GROUP, 2 * group);
        try {
            List<BlobId> ids = new ArrayList<>();
            for (long bytes = 0; bytes < group && cursor.advance(); bytes += cursor.length()) {
                ids.add(cursor.id());
            }
            return new FutureTask<>(() -> read(ids));
        } catch (MlopsException e) {
            return new FutureTask<>(() -> {
                throw e;
            });
        }
    }

    private List<byte[]> read(List<BlobId> ids) throws IOException {
        List<byte[]> chunks = new ArrayList<>(ids.size());
        reader.readMany(ids, (index, raw) -> chunks.add(raw));
        return chunks;
    }

    private void begin(FutureTask<List<byte[]>> task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            log.trace("whoever reads on runs it", e);
        }
    }

    /** What the task gives; run here if nobody began it. */
    private static List<byte[]> await(FutureTask<List<byte[]>> task) throws IOException {
        task.run();
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("waiting for a part of a content was interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MlopsException ours) {
                throw ours;
            }
            throw new IOException(e.getCause());
        }
    }

    private void jump() {
        forget();
        cursor.seek(position);
        cursor.advance();
        chunk = reader.read(cursor.id());
        chunkStart = cursor.start();
    }

    private void forget() {
        if (ahead != null) {
            ahead.cancel(false);
        }
        ahead = null;
        ready.clear();
        chunk = new byte[0];
        group = 0;
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
        forget();
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
