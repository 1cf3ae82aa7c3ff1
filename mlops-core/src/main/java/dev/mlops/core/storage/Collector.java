package dev.mlops.core.storage;

import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.PackAudit;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackFooter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One collection. What is dead in the metadata store stays so until its object is deleted: a collection that is killed
 * leaves nothing that the next one does not find.
 */
final class Collector {
    private static final Logger LOG = LoggerFactory.getLogger(Collector.class);
    private static final Duration MAX_GRACE = Duration.ofDays(3650);
    private static final int BATCH = 1_000;

    private final StoreContext store;
    private final ObjectStore objects;
    private final PackContentStore content;
    private final PackAudit audit;
    private final Set<String> condemned = new HashSet<>();
    private long condemnedBytes;
    private long deletedPacks;
    private long deletedBytes;
    private long deletedOthers;

    Collector(StoreContext store, ObjectStore objects, PackContentStore content) {
        this.store = store;
        this.objects = objects;
        this.content = content;
        this.audit = content.audit();
    }

    CollectReport collect(CollectOptions options) {
        Duration grace = options.grace();
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw new InvalidInputException("grace period", grace, "must be 0 to 3650 days");
        }
        if (options.dryRun()) {
            foresee(grace);
        } else {
            condemn();
            deletePacks(grace);
            deleteIndexes(grace);
            strangers(grace).forEach(this::delete);
        }
        return new CollectReport(condemned.size(), condemnedBytes, deletedPacks, deletedBytes, deletedOthers);
    }

    private void foresee(Duration grace) {
        List<PackRecord> unneeded =
                store.<List<PackRecord>>read(tx -> tx.content().unneeded(PackUpkeep.SESSION_TIMEOUT));
        unneeded.forEach(this::countCondemned);
        store.<List<PackRecord>>read(tx -> tx.content().doomed(grace, PackUpkeep.SESSION_TIMEOUT))
                .forEach(this::countDeleted);
        if (grace.isZero()) {
            unneeded.forEach(this::countDeleted);
        }
        deletedOthers +=
                store.<Integer>read(tx -> tx.content().replacedIndexes(grace).size());
        deletedOthers += strangers(grace).size();
    }

    private void condemn() {
        new LostPacks(store, content, audit).holdCopies();
        store.<Integer>write(tx -> tx.content().dropUnneededUses(PackUpkeep.SESSION_TIMEOUT));
        store.<List<PackRecord>>write(tx -> tx.content().condemn()).forEach(this::countCondemned);
    }

    private void countCondemned(PackRecord pack) {
        condemned.add(pack.id());
        condemnedBytes += pack.bytes();
    }

    private void countDeleted(PackRecord pack) {
        if (condemned.remove(pack.id())) {
            condemnedBytes -= pack.bytes();
        }
        deletedPacks++;
        deletedBytes += pack.bytes();
    }

    private void deletePacks(Duration grace) {
        List<PackRecord> dead = bury(grace);
        while (!dead.isEmpty()) {
            for (PackRecord pack : dead) {
                objects.delete(PackFooter.key(pack.id()));
                countDeleted(pack);
            }
            List<String> ids = dead.stream().map(PackRecord::id).toList();
            store.<Integer>write(tx -> {
                tx.content().forgetPacks(ids);
                return ids.size();
            });
            LOG.debug("{} packs deleted", ids.size());
            dead = bury(grace);
        }
        if (deletedPacks > 0) {
            audit.refresh();
        }
    }

    private List<PackRecord> bury(Duration grace) {
        return store.<List<PackRecord>>write(tx -> tx.content().bury(grace, BATCH));
    }

    private void deleteIndexes(Duration grace) {
        List<String> replaced = store.<List<IndexRecord>>read(tx -> tx.content().replacedIndexes(grace)).stream()
                .map(IndexRecord::id)
                .toList();
        replaced.forEach(id -> objects.delete(IndexWriter.key(id)));
        store.<Integer>write(tx -> {
            tx.content().forgetIndexes(replaced);
            return replaced.size();
        });
        deletedOthers += replaced.size();
    }

    private List<String> strangers(Duration grace) {
        List<String> found = new ArrayList<>();
        new Strangers(store, objects).list(grace, pack -> {}, (ObjectInfo info) -> found.add(info.key()));
        return found;
    }

    private void delete(String stranger) {
        objects.delete(stranger);
        deletedOthers++;
        LOG.info("{} belonged to nothing and was deleted", stranger);
    }
}
