package dev.mlops.core.cache;

import dev.mlops.api.error.UnavailableException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A cache that is opened when it is first needed, so that who needs none has none on disk. Thread-safe. */
public final class LateFileCache implements AutoCloseable {
    private final Path directory;
    private final long maxBytes;
    private @Nullable FileCache cache;
    private boolean isClosed;

    /** A cache as {@link FileCache#open} opens it. */
    public LateFileCache(Path directory, long maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /** The cache, open. */
    public synchronized FileCache get() {
        if (isClosed) {
            throw new UnavailableException("the cache in " + directory + " is closed");
        }
        FileCache open = cache;
        if (open == null) {
            open = FileCache.open(directory, maxBytes);
            cache = open;
        }
        return open;
    }

    /** Closes the cache if it was opened. Idempotent. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (cache != null) {
            cache.close();
        }
    }
}
