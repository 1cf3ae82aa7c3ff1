package dev.mlops.core.storage;

import dev.mlops.api.access.Principal;
import dev.mlops.api.content.Storage;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.context.StoreContext;
import java.time.Duration;
import java.util.List;

/** The upkeep of a pack store. Thread-safe. */
public final class PackUpkeep {
    /** A writer that gave no sign for so long is dead. */
    static final Duration SESSION_TIMEOUT = Duration.ofHours(1);

    private final StoreContext store;
    private final ObjectStore objects;
    private final PackContentStore content;
    private final PackRecords records;

    /** The upkeep of a content store over an object store. */
    public PackUpkeep(StoreContext store, ObjectStore objects, PackContentStore content) {
        this.store = store;
        this.objects = objects;
        this.content = content;
        this.records = new PackRecords(store);
    }

    /** What a principal may do; whoever is not the system's owner is refused with each call. */
    public Storage as(Principal principal) {
        return new Guarded(principal);
    }

    private Storage.Usage usage() {
        long packs = 0;
        long packBytes = 0;
        for (PackRecord pack : records.all()) {
            packs++;
            packBytes += pack.bytes();
        }
        List<IndexRecord> indexes =
                store.<List<IndexRecord>>read(tx -> tx.content().indexes());
        int damaged = store.<Integer>read(tx -> tx.content().damage().size());
        return new Storage.Usage(
                packs,
                packBytes,
                indexes.size(),
                indexes.stream().mapToLong(IndexRecord::bytes).sum(),
                damaged);
    }

    private final class Guarded implements Storage {
        private final Principal principal;

        Guarded(Principal principal) {
            this.principal = principal;
        }

        private void check() {
            if (!principal.isSystem()) {
                throw new AccessDeniedException(principal.name(), "upkeep", "this store");
            }
        }

        @Override
        public Usage usage() {
            check();
            return PackUpkeep.this.usage();
        }

        @Override
        public CollectReport collect(CollectOptions options) {
            check();
            return new Collector(store, objects, content).collect(options);
        }

        @Override
        public ScrubReport scrub(ScrubOptions options) {
            check();
            return new Scrubber(store, objects, content, options).scrub();
        }

        @Override
        public String toString() {
            return "Storage of " + store.describe();
        }
    }
}
