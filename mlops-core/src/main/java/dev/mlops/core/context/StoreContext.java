package dev.mlops.core.context;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.cache.CachedReads;
import dev.mlops.core.cache.LateFileCache;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.manifest.Manifests;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/**
 * What all callers of one SDK share: the stores, the clock, the background executor, and what must end with it.
 * Thread-safe.
 */
public final class StoreContext {
    private final MetadataStore metadata;
    private final String objects;
    private final ContentStore content;
    private final LateFileCache cache;
    private final CachedReads reads;
    private final Clock clock;
    private final ScheduledExecutorService background;
    private final Workplace workplace;
    private final Ids ids;
    private final Manifests manifests = Manifests.through((digest, maxSize) -> reads().open(digest, maxSize));
    private final CommitSignal commits = new CommitSignal();
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /**
     * Makes a context over stores that the caller goes on owning.
     *
     * @param objects what and where the object store below {@code content} is, for people
     * @param cache files on this machine that checkouts link to and remote files are read through
     * @param background runs short periodic work, such as writing buffered metrics
     * @param workplace what long calls work with
     */
    public StoreContext(
            MetadataStore metadata,
            String objects,
            ContentStore content,
            LateFileCache cache,
            Clock clock,
            ScheduledExecutorService background,
            Workplace workplace) {
        this.metadata = metadata;
        this.objects = objects;
        this.content = content;
        this.cache = cache;
        this.reads = new CachedReads(content, cache);
        this.clock = clock;
        this.background = background;
        this.workplace = workplace;
        this.ids = new Ids(clock);
    }

    /** Runs work that may write, in one transaction; wakes subscriptions afterwards. */
    public <T> T write(Function<? super MetadataTransaction, ? extends T> work) {
        checkOpen();
        T result = metadata.<T>transaction(work);
        commits.signal();
        return result;
    }

    /** Runs work that only reads, on one consistent state. */
    public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
        checkOpen();
        return metadata.<T>read(work);
    }

    /** What the stores are and where, for people: {@code SQLite at … and files in …}. */
    public String describe() {
        return metadata.describe() + " and " + objects;
    }

    /** The store of all bytes. */
    public ContentStore content() {
        checkOpen();
        return content;
    }

    /** How files are read, through the cache where the store is remote. */
    public CachedReads reads() {
        checkOpen();
        return reads;
    }

    /** The lists of the files of data set versions, with a cache for all callers. */
    public Manifests manifests() {
        return manifests;
    }

    /** Files on this machine that checkouts link to. */
    public LateFileCache cache() {
        checkOpen();
        return cache;
    }

    /** The time now, to the millisecond. */
    public Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }

    /** A new id that sorts by time. */
    public String newId() {
        return ids.next();
    }

    /** Runs short periodic work; nothing that blocks for long. */
    public ScheduledExecutorService background() {
        return background;
    }

    /** What long calls work with. */
    public Workplace workplace() {
        return workplace;
    }

    /** Tells of commits of this process. */
    public CommitSignal commits() {
        return commits;
    }

    /** A view of one project for one caller. */
    public ProjectContext project(Principal principal, ProjectInfo project) {
        return new ProjectContext(this, principal, project);
    }

    /** Registers something that must be closed before the stores are; gives what takes it off again. */
    public Runnable closeWithStore(AutoCloseable closeable) {
        synchronized (open) {
            checkOpen();
            open.push(closeable);
        }
        return () -> {
            synchronized (open) {
                open.remove(closeable);
            }
        };
    }

    /** Closes what was registered, newest first, and refuses every call from then on. Idempotent. */
    public void close() {
        List<AutoCloseable> toClose;
        synchronized (open) {
            toClose = new ArrayList<>(open);
            open.clear();
        }
        List<Exception> failures = new ArrayList<>();
        for (AutoCloseable closeable : toClose) {
            try {
                closeable.close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        synchronized (open) {
            closed = true;
        }
        commits.signal();
        throwFirst(failures);
    }

    private static void throwFirst(List<Exception> failures) {
        if (failures.isEmpty()) {
            return;
        }
        Exception first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        if (first instanceof RuntimeException runtime) {
            throw runtime;
        }
        throw new UnavailableException("closing failed: " + first.getMessage(), first);
    }

    private void checkOpen() {
        synchronized (open) {
            if (closed) {
                throw new UnavailableException("this Mlops is closed; open another");
            }
        }
    }
}
