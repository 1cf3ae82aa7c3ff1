package dev.mlops.core.sample;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.cache.CachedReads;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads samples ahead on a thread of its own, in batches that the store reads in its own order. While one half of what
 * may be in memory waits to be taken, the other half is read. Thread-safe.
 */
final class Prefetch implements AutoCloseable {
    private static final long CLOSE_WAIT_MILLIS = 2_000;

    private final Object lock = new Object();
    private final Deque<Loaded> loaded = new ArrayDeque<>();
    private final Cancellation cancellation = new Cancellation();
    private final CachedReads content;
    private final String version;
    private final SampleOrder order;
    private final SampleOptions options;
    private final Thread thread;
    private long loadedBytes;
    private boolean isStopped;

    /** A sample or why there is none, what it takes of the memory, and whether nothing follows. */
    private record Loaded(
            @Nullable StoredSample sample, @Nullable Throwable failure, long bytes, boolean isLast) {}

    /** Begins to read at a position. The order is this object's alone from then on. */
    Prefetch(CachedReads content, String version, SampleOrder order, SampleOptions options, long position) {
        this.content = content;
        this.version = version;
        this.order = order;
        this.options = options;
        this.thread = new Thread(() -> run(position), "mlops-samples");
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run(long from) {
        try {
            for (long position = from; position < order.end() && awaitRoom(); ) {
                List<FileEntry> batch = batch(position);
                read(batch);
                position += batch.size();
            }
        } catch (RuntimeException | Error e) {
            add(new Loaded(null, e, 0, true));
        }
    }

    private boolean awaitRoom() {
        synchronized (lock) {
            while (!isStopped
                    && (loaded.size() > options.prefetchFiles() / 2 || loadedBytes > options.prefetchBytes() / 2)) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    isStopped = true;
                }
            }
            return !isStopped;
        }
    }

    private List<FileEntry> batch(long from) {
        List<FileEntry> batch = new ArrayList<>();
        long bytes = 0;
        for (long position = from; position < order.end(); position++) {
            FileEntry entry = order.get(position);
            bytes += memory(entry);
            if (!batch.isEmpty()
                    && (batch.size() >= options.prefetchFiles() / 2 || bytes > options.prefetchBytes() / 2)) {
                break;
            }
            batch.add(entry);
        }
        return batch;
    }

    /** What is not read ahead takes no memory. */
    private long memory(FileEntry entry) {
        return entry.size() > Math.min(options.prefetchBytes() / 4, Integer.MAX_VALUE / 2) ? 0 : entry.size();
    }

    private boolean isReadAhead(FileEntry entry) {
        return entry.size() == 0 || memory(entry) > 0;
    }

    private void read(List<FileEntry> batch) {
        Set<Sha256> digests = new HashSet<>();
        batch.stream().filter(this::isReadAhead).forEach(entry -> digests.add(entry.sha256()));
        Map<Sha256, byte[]> bytes = new ConcurrentHashMap<>();
        try {
            content.readAll(digests, (digest, size, in) -> bytes.put(digest, in.readAllBytes()), cancellation);
        } catch (IntegrityException | NotFoundException e) {
            // Each file that is not there is read by itself below, which tells which of them is damaged.
        }
        Set<Sha256> given = new HashSet<>();
        for (FileEntry entry : batch) {
            byte[] one = bytes.get(entry.sha256());
            boolean isFirst = given.add(entry.sha256());
            add(load(entry, one == null || isFirst ? one : one.clone()));
        }
    }

    private Loaded load(FileEntry entry, byte @Nullable [] bytes) {
        StoredSample sample = new StoredSample(entry, content, version, bytes);
        if (bytes == null && isReadAhead(entry)) {
            cancellation.check("reading samples of " + version);
            try {
                sample.bytes();
            } catch (IntegrityException e) {
                return new Loaded(null, e, 0, false);
            }
        }
        return new Loaded(sample, null, memory(entry), false);
    }

    private void add(Loaded one) {
        synchronized (lock) {
            loaded.add(one);
            loadedBytes += one.bytes();
            lock.notifyAll();
        }
    }

    /** Takes the next sample; throws what kept it from being read. */
    StoredSample take() {
        Loaded one;
        synchronized (lock) {
            awaitLoaded();
            one = remove();
        }
        if (one.failure() instanceof Error error) {
            throw error;
        }
        if (one.failure() != null) {
            throw (RuntimeException) one.failure();
        }
        return Objects.requireNonNull(one.sample());
    }

    private void awaitLoaded() {
        try {
            while (loaded.isEmpty()) {
                if (isStopped) {
                    throw new CancelledException("reading samples of " + version + " was ended");
                }
                lock.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("waiting for a sample of " + version + " was interrupted", e);
        }
    }

    private Loaded remove() {
        Loaded one = loaded.remove();
        loadedBytes -= one.bytes();
        lock.notifyAll();
        return one;
    }

    /** Goes over as many samples as are read already, {@code count} at most; gives how many. */
    long skip(long count) {
        synchronized (lock) {
            long skipped = 0;
            while (skipped < count && !loaded.isEmpty() && !loaded.element().isLast()) {
                remove();
                skipped++;
            }
            return skipped;
        }
    }

    @Override
    public void close() {
        cancellation.cancel();
        synchronized (lock) {
            isStopped = true;
            loaded.clear();
            lock.notifyAll();
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
