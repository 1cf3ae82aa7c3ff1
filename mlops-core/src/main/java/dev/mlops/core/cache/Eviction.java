package dev.mlops.core.cache;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a cache below its bound. Looks at the directory whenever its own estimate is above the bound, and after every
 * twentieth of the bound that was added, as other processes add too. Thread-safe.
 */
final class Eviction {
    private static final Logger log = LoggerFactory.getLogger(Eviction.class);
    private static final int STEPS = 20;
    private static final Map<Path, Object> THREADS = new ConcurrentHashMap<>();

    private final Path files;
    private final Path lockFile;
    private final long maxBytes;
    private long bytes;
    private long addedSinceLook;

    Eviction(Path files, Path lockFile, long maxBytes) {
        this.files = files;
        this.lockFile = lockFile;
        this.maxBytes = maxBytes;
    }

    long maxBytes() {
        return maxBytes;
    }

    void added(long size) throws IOException {
        synchronized (this) {
            bytes += size;
            addedSinceLook += size;
            if (bytes <= maxBytes && addedSinceLook < maxBytes / STEPS) {
                return;
            }
        }
        run();
    }

    /**
     * Looks and evicts, one process and thread after the other. Without the lock two would only delete more than needed,
     * so where it cannot be had it is done without.
     */
    void run() throws IOException {
        synchronized (THREADS.computeIfAbsent(lockFile, file -> new Object())) {
            try (FileChannel channel =
                    FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(channel);
                long left = evict();
                synchronized (this) {
                    bytes = left;
                    addedSinceLook = 0;
                }
            }
        }
    }

    private void lock(FileChannel channel) {
        try {
            if (!channel.lock().isValid()) {
                log.debug("no lock on {}", lockFile);
            }
        } catch (IOException e) {
            log.debug("cannot lock {}", lockFile, e);
        }
    }

    private long evict() throws IOException {
        List<CacheEntry> entries = entries();
        long total = entries.stream().mapToLong(CacheEntry::size).sum();
        if (total <= maxBytes) {
            return total;
        }
        entries.sort(Comparator.comparingLong(CacheEntry::used).thenComparingLong(CacheEntry::modified));
        long goal = maxBytes - maxBytes / 10;
        for (CacheEntry entry : entries) {
            if (total <= goal) {
                break;
            }
            // One that is not there under this name was used a moment ago and has another name.
            if (Files.deleteIfExists(entry.path(files))) {
                total -= entry.size();
            }
        }
        return total;
    }

    /** What is in the cache now, in no order. */
    List<CacheEntry> entries() throws IOException {
        List<CacheEntry> entries = new ArrayList<>();
        try (DirectoryStream<Path> shards = Files.newDirectoryStream(files)) {
            for (Path shard : shards) {
                entries.addAll(CacheEntry.in(shard));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }
}
