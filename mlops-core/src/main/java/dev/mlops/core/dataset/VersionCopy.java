package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.file.FileProgress;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Copies a version of another store, or of another project, with everything that belongs to it but what others made of
 * it: tags, branches, uses. For one call.
 */
final class VersionCopy {
    private static final int ATTEMPTS = 5;

    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final Origin origin;
    private final CopyOptions options;

    /**
     * What is copied.
     *
     * @param context where it is
     * @param dataset its data set
     * @param version it
     * @param parent what it was made from, if that is there
     * @param merged what was merged to make it, if that is there
     */
    record Origin(
            ProjectContext context,
            Dataset dataset,
            DatasetVersion version,
            @Nullable DatasetVersion parent,
            @Nullable DatasetVersion merged) {
        static Origin of(ProjectContext context, DatasetGuard guard, DatasetVersion version) {
            return context.read(tx -> {
                DatasetVersion stored = guard.version(tx, version, Privilege.READ);
                return new Origin(
                        context,
                        tx.datasets().findById(stored.datasetId()).orElseThrow(),
                        stored,
                        find(tx, stored.parentId()),
                        find(tx, stored.mergedId()));
            });
        }

        private static @Nullable DatasetVersion find(MetadataTransaction tx, @Nullable String id) {
            return id == null ? null : tx.datasets().findVersionById(id).orElse(null);
        }
    }

    VersionCopy(ProjectContext context, DatasetGuard guard, DatasetEvents events, Origin origin, CopyOptions options) {
        this.context = context;
        this.guard = guard;
        this.events = events;
        this.origin = origin;
        this.options = options;
    }

    DatasetVersion copy() {
        for (int attempt = 1; ; attempt++) {
            Optional<DatasetVersion> there = context.read(this::check);
            if (there.isPresent()) {
                return there.get();
            }
            try {
                return copyOnce();
            } catch (ConflictException | AlreadyExistsException race) {
                // Reused contents were collected, or another process copies it as well.
                if (attempt == ATTEMPTS) {
                    throw race;
                }
            }
        }
    }

    private String dataset() {
        return options.dataset().orElse(origin.dataset().name());
    }

    /** Refuses now what would be refused at the end; gives the version if it was copied before. */
    private Optional<DatasetVersion> check(MetadataTransaction tx) {
        Optional<Dataset> dataset = tx.datasets().find(context.projectId(), dataset());
        if (dataset.isEmpty()) {
            context.requireOnProject(tx, Privilege.EDIT);
            return Optional.empty();
        }
        guard.require(tx, Privilege.EDIT, dataset.get());
        return copyIn(tx, dataset.get());
    }

    private Optional<DatasetVersion> copyIn(MetadataTransaction tx, Dataset dataset) {
        String name = origin.version().name();
        Optional<DatasetVersion> found = tx.datasets().findVersion(dataset.id(), name);
        boolean isOther = found.isPresent()
                && !found.get().manifest().equals(origin.version().manifest());
        if (isOther || tx.datasets().findTag(dataset.id(), name).isPresent()) {
            throw new AlreadyExistsException("%s has another version '%s'; copy %s into a data set of another name"
                    .formatted(
                            guard.describe(dataset.name()),
                            name,
                            origin.version().reference()));
        }
        return found;
    }

    private DatasetVersion copyOnce() {
        DatasetVersion version = origin.version();
        String what = "the copying of " + version.reference();
        try (ContentWriter writer = context.content().writer(options.cancellation())) {
            FileProgress progress = new FileProgress(
                    what, options.progress(), options.cancellation(), version.files(), version.bytes());
            new ContentCopy(origin.context().content(), writer, version, progress).copy();
            writer.flush();
            progress.check();
            DatasetVersion copied = context.<DatasetVersion>write(tx -> insert(tx, writer));
            progress.finish();
            return copied;
        }
    }

    private DatasetVersion insert(MetadataTransaction tx, ContentWriter writer) {
        String datasetId = datasetFor(tx).id();
        long ordinal = tx.datasets().allocate(datasetId);
        Dataset dataset = tx.datasets().findById(datasetId).orElseThrow();
        Optional<DatasetVersion> there = copyIn(tx, dataset);
        if (there.isPresent()) {
            return there.get();
        }
        DatasetVersion from = origin.version();
        DatasetVersion version = new DatasetVersion(
                context.newId(),
                context.projectId(),
                datasetId,
                "",
                from.name(),
                ordinal,
                twin(tx, dataset, origin.parent()),
                twin(tx, dataset, origin.merged()),
                from.message(),
                from.metadata(),
                from.manifest(),
                from.files(),
                from.bytes(),
                from.splits(),
                from.author(),
                context.principal().name(),
                from.createdAt());
        tx.datasets().insertVersion(version);
        writer.use(tx, new ContentOwner(ContentOwner.Kind.DATASET_VERSION, version.id()));
        moveOn(tx, dataset, version);
        DatasetVersion stored = tx.datasets().findVersionById(version.id()).orElseThrow();
        Map<String, Object> detail = new TreeMap<>(DatasetEvents.detail(stored));
        detail.put("copiedFrom", from.reference());
        events.record(tx, EventKind.PUBLISHED, stored, null, detail);
        return stored;
    }

    private Dataset datasetFor(MetadataTransaction tx) {
        Optional<Dataset> found = tx.datasets().find(context.projectId(), dataset());
        if (found.isPresent()) {
            guard.require(tx, Privilege.EDIT, found.get());
            return found.get();
        }
        Dataset from = origin.dataset();
        return new VersionCommit(context).insertDataset(tx, dataset(), from.description(), from.metadata());
    }

    /** The id of the copy of a version, if it was copied before. */
    private static @Nullable String twin(MetadataTransaction tx, Dataset dataset, @Nullable DatasetVersion version) {
        if (version == null) {
            return null;
        }
        Sha256 manifest = version.manifest();
        return tx.datasets()
                .findVersion(dataset.id(), version.name())
                .filter(found -> found.manifest().equals(manifest))
                .map(DatasetVersion::id)
                .orElse(null);
    }

    /** The copy becomes the current version if it is the first or the next one; otherwise that is for the user to say. */
    private void moveOn(MetadataTransaction tx, Dataset dataset, DatasetVersion version) {
        String current = dataset.currentVersionId();
        if ((current == null || current.equals(version.parentId()))
                && !new BranchHeads(context).move(tx, dataset.id(), Branch.MAIN, current, version)) {
            throw new ConflictException("the current version of data set '%s' was moved at the same time; copy again"
                    .formatted(dataset.name()));
        }
    }
}
