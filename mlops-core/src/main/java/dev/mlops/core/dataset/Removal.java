package dev.mlops.core.dataset;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Deletes versions and data sets that nothing refers to. Thread-safe. */
final class Removal {
    private static final int SHOWN_USERS = 20;
    private static final int PAGE = 1_000;

    private final DatasetGuard guard;
    private final DatasetEvents events;

    Removal(DatasetGuard guard, DatasetEvents events) {
        this.guard = guard;
        this.events = events;
    }

    DatasetVersion deleteVersion(MetadataTransaction tx, DatasetVersion version) {
        DatasetVersion stored = guard.ownVersion(tx, version, Privilege.DELETE);
        Dataset dataset = tx.datasets().findById(stored.datasetId()).orElseThrow();
        List<String> users = new ArrayList<>(tx.datasets().users(stored.id()));
        if (stored.id().equals(dataset.currentVersionId())) {
            users.addAll(leaveCurrent(tx, dataset, stored));
        }
        if (!users.isEmpty()) {
            throw new ResourceInUseException("data set version " + stored.reference(), users);
        }
        tx.datasets().deleteVersion(stored.id());
        events.record(tx, EventKind.DESTROYED, stored, DatasetEvents.detail(stored), null);
        return stored;
    }

    /** Takes the current pointer off the only version; gives what keeps it there if there are others. */
    private static List<String> leaveCurrent(MetadataTransaction tx, Dataset dataset, DatasetVersion version) {
        boolean hasOthers = tx.datasets()
                        .versions(dataset.id(), PageRequest.first(2))
                        .items()
                        .size()
                > 1;
        if (hasOthers) {
            return List.of("data set '%s' as its current version".formatted(dataset.name()));
        }
        if (!tx.datasets().moveCurrent(dataset.id(), version.id(), null)) {
            throw new ConflictException("the current version of data set '%s' was moved at the same time; try again"
                    .formatted(dataset.name()));
        }
        return List.of();
    }

    Dataset destroy(MetadataTransaction tx, String name) {
        Dataset dataset = guard.dataset(tx, name, Privilege.DELETE);
        List<String> users = usersOfVersions(tx, dataset);
        if (!users.isEmpty()) {
            throw new ResourceInUseException(guard.describe(name), users);
        }
        events.record(tx, EventKind.DESTROYED, dataset, DatasetEvents.detail(dataset), null);
        tx.datasets().delete(dataset.id());
        tx.grants().deleteAll(Asset.dataset(dataset.id()));
        return dataset;
    }

    private static List<String> usersOfVersions(MetadataTransaction tx, Dataset dataset) {
        List<String> users = new ArrayList<>();
        @Nullable String token = null;
        do {
            Page<DatasetVersion> page = tx.datasets().versions(dataset.id(), new PageRequest(PAGE, token));
            for (DatasetVersion version : page.items()) {
                tx.datasets().users(version.id()).forEach(user -> users.add(user + " (of " + version.name() + ")"));
                if (users.size() >= SHOWN_USERS) {
                    return users;
                }
            }
            token = page.nextToken().orElse(null);
        } while (token != null);
        return users;
    }
}
