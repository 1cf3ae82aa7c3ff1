package dev.mlops.core.dataset;

import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Objects;

/** Makes a version visible: inserts it, takes its content into use, and moves its branch to it. Thread-safe. */
final class VersionInsert {
    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchHeads heads;

    VersionInsert(ProjectContext context) {
        this.context = context;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.heads = new BranchHeads(context);
    }

    /**
     * Inserts a version.
     *
     * @throws AlreadyExistsException if its name is taken
     * @throws HeadMovedException if the branch stands somewhere else than at the parent
     */
    DatasetVersion insert(MetadataTransaction tx, String datasetId, NewVersion version) {
        long ordinal = tx.datasets().allocate(datasetId);
        Dataset dataset = tx.datasets().findById(datasetId).orElseThrow();
        String name = name(tx, dataset, ordinal, version);
        requireHead(tx, dataset, version);
        DatasetVersion row = row(dataset, name, ordinal, version);
        tx.datasets().insertVersion(row);
        takeIntoUse(tx, version, row);
        if (!heads.move(tx, datasetId, version.branch(), row.parentId(), row)) {
            throw new HeadMovedException(
                    version.branch(), heads.find(tx, dataset, version.branch()).orElse(null));
        }
        DatasetVersion stored = tx.datasets().findVersionById(row.id()).orElseThrow();
        events.record(tx, EventKind.PUBLISHED, stored, null, DatasetEvents.detail(stored));
        return stored;
    }

    /** A merge puts nothing but its list: the packs of its files are among those of the versions that were merged. */
    private static void takeIntoUse(MetadataTransaction tx, NewVersion version, DatasetVersion row) {
        version.content().use(tx, owner(row));
        for (DatasetVersion joined : version.joined()) {
            if (tx.datasets().findVersionById(joined.id()).isEmpty()) {
                throw new ConflictException(
                        joined.reference() + " was deleted while it was merged; look at the branches and try again");
            }
            tx.content().copyUses(owner(joined), owner(row));
        }
    }

    private static ContentOwner owner(DatasetVersion version) {
        return new ContentOwner(ContentOwner.Kind.DATASET_VERSION, version.id());
    }

    private void requireHead(MetadataTransaction tx, Dataset dataset, NewVersion version) {
        DatasetVersion head = heads.find(tx, dataset, version.branch()).orElse(null);
        String expected = version.parent() == null ? null : version.parent().id();
        if (!Objects.equals(head == null ? null : head.id(), expected)) {
            throw new HeadMovedException(version.branch(), head);
        }
    }

    private DatasetVersion row(Dataset dataset, String name, long ordinal, NewVersion version) {
        Draft draft = version.draft();
        return new DatasetVersion(
                context.newId(),
                context.projectId(),
                dataset.id(),
                "",
                name,
                ordinal,
                version.parent() == null ? null : version.parent().id(),
                version.merged() == null ? null : version.merged().id(),
                version.message(),
                version.metadata(),
                draft.manifest().digest(),
                draft.manifest().files(),
                draft.manifest().bytes(),
                draft.splits(),
                version.author(),
                context.principal().name(),
                context.now());
    }

    /** The ordinal gives the name; somebody may have chosen that name already, then the next free one is taken. */
    private String name(MetadataTransaction tx, Dataset dataset, long ordinal, NewVersion version) {
        if (version.name().isPresent()) {
            refuseTaken(tx, dataset, version.name().get());
            return version.name().get();
        }
        long number = ordinal;
        while (isTaken(tx, dataset, automatic(number))) {
            number++;
        }
        return automatic(number);
    }

    private static String automatic(long number) {
        return "V%03d".formatted(number);
    }

    private static boolean isTaken(MetadataTransaction tx, Dataset dataset, String name) {
        return tx.datasets().findVersion(dataset.id(), name).isPresent()
                || tx.datasets().findTag(dataset.id(), name).isPresent();
    }

    /** Throws {@link AlreadyExistsException} if a version or a tag has a name. */
    void refuseTaken(MetadataTransaction tx, Dataset dataset, String name) {
        if (tx.datasets().findVersion(dataset.id(), name).isPresent()) {
            throw new AlreadyExistsException("version '%s' of %s exists already; choose another name"
                    .formatted(name, guard.describe(dataset.name())));
        }
        if (tx.datasets().findTag(dataset.id(), name).isPresent()) {
            throw new AlreadyExistsException("tag '%s' of %s exists already; choose another name"
                    .formatted(name, guard.describe(dataset.name())));
        }
    }
}
