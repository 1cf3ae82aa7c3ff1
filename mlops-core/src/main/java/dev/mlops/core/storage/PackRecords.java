package dev.mlops.core.storage;

import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.core.context.StoreContext;
import java.util.ArrayList;
import java.util.List;

/** Reads the records of packs in pages. Thread-safe. */
final class PackRecords {
    private static final int PAGE = 10_000;

    private final StoreContext store;

    PackRecords(StoreContext store) {
        this.store = store;
    }

    /** All packs that are not dead, in the order of their registration. */
    List<PackRecord> all() {
        return store.<List<PackRecord>>read(tx -> {
            List<PackRecord> all = new ArrayList<>();
            List<PackRecord> page;
            long sequence = 0;
            do {
                page = tx.content().packsAfter(sequence, PAGE);
                all.addAll(page);
                sequence = page.isEmpty() ? sequence : page.get(page.size() - 1).sequence();
            } while (page.size() == PAGE);
            return all;
        });
    }
}
