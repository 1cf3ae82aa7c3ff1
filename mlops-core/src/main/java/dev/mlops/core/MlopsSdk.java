package dev.mlops.core;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Principal;
import dev.mlops.api.content.Storage;
import dev.mlops.api.event.EventLog;
import dev.mlops.api.project.Projects;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.cache.LateFileCache;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.event.RecordedEvents;
import dev.mlops.core.project.StoredProjects;
import dev.mlops.core.storage.PackUpkeep;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The SDK over any metadata store and object store. {@code EmbeddedMlops} opens the same over SQLite and files with one
 * call.
 *
 * <pre>{@code
 * Mlops mlops = MlopsSdk.builder()
 *         .metadata(PostgresMetadataStore.over(dataSource))
 *         .objects(S3ObjectStore.builder().bucket("models").endpoint(endpoint).open())
 *         .build();
 * Mlops alice = mlops.as(Principal.user("alice", Set.of("vision-team")));
 * }</pre>
 *
 * Thread-safe.
 */
public final class MlopsSdk implements Mlops {
    private final StoreContext store;
    private final Principal principal;
    private final Projects projects;
    private final EventLog events;
    private final PackUpkeep upkeep;
    private final Runnable onClose;

    private MlopsSdk(StoreContext store, PackUpkeep upkeep, Principal principal, Runnable onClose) {
        this.store = store;
        this.upkeep = upkeep;
        this.principal = principal;
        this.projects = new StoredProjects(store, principal);
        this.events = new RecordedEvents(store, principal, null);
        this.onClose = onClose;
    }

    /** A builder; {@link Builder#metadata} and {@link Builder#objects} must be said. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Projects projects() {
        return projects;
    }

    @Override
    public EventLog events() {
        return events;
    }

    @Override
    public Storage storage() {
        return upkeep.as(principal);
    }

    @Override
    public Principal principal() {
        return principal;
    }

    @Override
    public Mlops as(Principal other) {
        return new MlopsSdk(store, upkeep, other, () -> {});
    }

    @Override
    public void close() {
        onClose.run();
    }

    @Override
    public String toString() {
        return "Mlops on " + store.describe() + " as " + principal;
    }

    /** Builds {@link MlopsSdk}. Not thread-safe. */
    public static final class Builder {
        private @Nullable MetadataStore metadata;
        private @Nullable ObjectStore objects;
        private Clock clock = Clock.systemUTC();
        private @Nullable Executor executor;
        private int parallelism = Runtime.getRuntime().availableProcessors();
        private Path cache = Path.of(System.getProperty("user.home"), ".cache", "mlops");
        private long cacheBytes = 10L << 30;
        private Principal principal = Principal.localOwner();
        private final List<AutoCloseable> owned = new ArrayList<>();

        private Builder() {}

        /** Where everything but bytes is kept; not closed with the SDK. */
        public Builder metadata(MetadataStore metadata) {
            this.metadata = metadata;
            return this;
        }

        /** Where bytes are kept; not closed with the SDK. */
        public Builder objects(ObjectStore objects) {
            this.objects = objects;
            return this;
        }

        /** Tells the time; the system's clock by default. */
        public Builder clock(Clock clock) {
            this.clock = clock;
            return this;
        }

        /** Runs the parallel parts of long calls; threads of the SDK's own by default. Not shut down with the SDK. */
        public Builder executor(Executor executor) {
            this.executor = executor;
            return this;
        }

        /** How many files are stored at a time; the number of processors by default, at least 1. */
        public Builder parallelism(int parallelism) {
            this.parallelism = Math.max(1, parallelism);
            return this;
        }

        /**
         * A directory for local copies that make things faster and can be deleted while nothing runs; {@code
         * .cache/mlops} in the user's home by default. Several processes may share it. Others must not be able to write
         * there.
         */
        public Builder cache(Path directory) {
            this.cache = directory;
            return this;
        }

        /**
         * How many bytes of files the cache may hold, 10 GiB by default: files that checkouts link to when told so, and
         * small files that were read from a store that is not on this machine.
         */
        public Builder cacheBytes(long maxBytes) {
            this.cacheBytes = maxBytes;
            return this;
        }

        /** Who calls; {@link Principal#localOwner()} by default, who may do everything. */
        public Builder principal(Principal principal) {
            this.principal = principal;
            return this;
        }

        /** Hands something over to be closed with the SDK, after everything that was handed over later. */
        public Builder closeAlso(AutoCloseable closeable) {
            owned.add(closeable);
            return this;
        }

        /** Makes the SDK. */
        public MlopsSdk build() {
            MetadataStore metadataStore = Objects.requireNonNull(metadata, "metadata: say where metadata is kept");
            ObjectStore objectStore = Objects.requireNonNull(objects, "objects: say where bytes are kept");
            BackgroundThreads threads = new BackgroundThreads(parallelism);
            Executor workers = executor == null ? threads.workers() : executor;
            PackContentStore content =
                    new PackContentStore(objectStore, metadataStore, cache.resolve("index"), workers, parallelism);
            LateFileCache files = new LateFileCache(cache.resolve("files"), cacheBytes);
            StoreContext store = new StoreContext(
                    metadataStore,
                    objectStore.describe(),
                    content,
                    files,
                    clock,
                    threads.scheduler(),
                    new Workplace(workers, parallelism, cache));
            List<AutoCloseable> toClose = new ArrayList<>(owned);
            toClose.add(content);
            toClose.add(files);
            toClose.add(threads);
            toClose.add(store::close);
            return new MlopsSdk(store, new PackUpkeep(store, objectStore, content), principal, new CloseOnce(toClose));
        }
    }
}
