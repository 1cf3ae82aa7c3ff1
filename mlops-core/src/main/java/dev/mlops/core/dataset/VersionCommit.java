package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The beginning and the end of a publish: what would refuse it, and the transaction that makes the version visible. A
 * branch that moved between the two is merged with what is published. Thread-safe.
 */
final class VersionCommit {
    private static final String KIND = "data set version";
    private static final int ATTEMPTS = 20;

    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchHeads heads;
    private final VersionInsert inserts;
    private final VersionMerge merges;

    VersionCommit(ProjectContext context) {
        this.context = context;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.heads = new BranchHeads(context);
        this.inserts = new VersionInsert(context);
        this.merges = new VersionMerge(context);
    }

    /**
     * A publish that may go on.
     *
     * @param name the data set
     * @param arguments a text that is equal for equal arguments
     * @param options how
     * @param made the version that an earlier call with the same idempotency key made
     * @param base the version that the files are a change of, or null if there is none yet
     */
    record Begun(
            String name,
            String arguments,
            PublishOptions options,
            Optional<DatasetVersion> made,
            @Nullable DatasetVersion base) {}

    /** What would refuse the version at the end refuses it now, before hours of reading; gives what was made before. */
    Begun begin(String name, String origin, PublishOptions options) {
        String arguments = arguments(name, origin, options);
        return context.read(tx -> begin(tx, name, arguments, options));
    }

    private static String arguments(String name, String origin, PublishOptions options) {
        return "%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s"
                .formatted(
                        name,
                        origin,
                        options.versionName(),
                        options.message(),
                        new TreeMap<>(options.metadata()),
                        options.split(),
                        options.include(),
                        options.exclude(),
                        options.links(),
                        options.keepModificationTimes(),
                        options.branch(),
                        options.base().map(DatasetVersion::id),
                        options.author());
    }

    private Begun begin(MetadataTransaction tx, String name, String arguments, PublishOptions options) {
        Optional<Dataset> dataset = tx.datasets().find(context.projectId(), name);
        if (dataset.isEmpty()) {
            context.requireOnProject(tx, Privilege.EDIT);
        } else {
            guard.require(tx, Privilege.EDIT, dataset.get());
        }
        Optional<String> made = context.madeBefore(tx, options.idempotencyKey(), KIND, arguments);
        if (made.isPresent()) {
            DatasetVersion head = dataset.flatMap(found -> heads.find(tx, found, options.branch()))
                    .orElse(null);
            return new Begun(name, arguments, options, made.map(id -> stored(tx, id)), head);
        }
        dataset.ifPresent(found -> options.versionName().ifPresent(version -> inserts.refuseTaken(tx, found, version)));
        return new Begun(name, arguments, options, Optional.empty(), base(tx, dataset.orElse(null), options));
    }

    private @Nullable DatasetVersion base(MetadataTransaction tx, @Nullable Dataset dataset, PublishOptions options) {
        Optional<DatasetVersion> head = dataset == null ? Optional.empty() : heads.find(tx, dataset, options.branch());
        if (head.isEmpty() && !options.branch().equals(Branch.MAIN)) {
            throw context.notFound("branch '%s' of %s"
                    .formatted(options.branch(), dataset == null ? "a data set to be made" : describe(dataset)));
        }
        if (options.base().isEmpty()) {
            return head.orElse(null);
        }
        DatasetVersion base = guard.version(tx, options.base().get(), Privilege.READ);
        if (dataset == null || !base.datasetId().equals(dataset.id())) {
            throw new InvalidInputException("base version", base.reference(), "must be of the data set itself");
        }
        return base;
    }

    private String describe(Dataset dataset) {
        return guard.describe(dataset.name());
    }

    private DatasetVersion stored(MetadataTransaction tx, String id) {
        return tx.datasets()
                .findVersionById(id)
                .orElseThrow(() -> new ConflictException(
                        "the version %s that this idempotency key made was deleted; choose another key".formatted(id)));
    }

    /**
     * Makes the version visible.
     *
     * @param draft its files, put with {@code content} and flushed
     * @param unchanged versions that have those files that were not put
     * @throws MergeConflictException if the branch has moved since it was begun and both changed the same
     */
    DatasetVersion commit(Begun begun, Draft draft, List<DatasetVersion> unchanged, ContentWriter content) {
        Draft merged = draft;
        DatasetVersion parent = begun.base();
        List<DatasetVersion> joined = unchanged;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            begun.options().cancellation().check("publish");
            try {
                return write(begun, version(begun, parent, merged, joined, content));
            } catch (DatasetRace race) {
                // Begun anew, it sees the data set that somebody else made.
            } catch (HeadMovedException moved) {
                parent = moved.head();
                if (parent == null && !begun.options().branch().equals(Branch.MAIN)) {
                    throw context.notFound(
                            "branch '%s' of %s".formatted(begun.options().branch(), guard.describe(begun.name())));
                }
                merged = parent == null ? draft : merge(begun, parent, draft, content);
                joined = Stream.concat(unchanged.stream(), Stream.ofNullable(parent))
                        .toList();
            }
        }
        throw new ConflictException("branch '%s' of %s moves all the time; publish again"
                .formatted(begun.options().branch(), guard.describe(begun.name())));
    }

    private NewVersion version(
            Begun begun,
            @Nullable DatasetVersion parent,
            Draft draft,
            List<DatasetVersion> joined,
            ContentWriter content) {
        PublishOptions options = begun.options();
        return new NewVersion(
                options.versionName(),
                options.branch(),
                parent,
                null,
                options.message(),
                options.metadata(),
                options.author().orElse(context.principal().name()),
                draft,
                joined,
                content);
    }

    private DatasetVersion write(Begun begun, NewVersion version) {
        return context.<DatasetVersion>write(tx -> {
            String id = context.once(tx, begun.options().idempotencyKey(), KIND, begun.arguments(), () -> {
                Dataset dataset = datasetFor(tx, begun.name());
                return inserts.insert(tx, dataset.id(), version).id();
            });
            return stored(tx, id);
        });
    }

    private Draft merge(Begun begun, DatasetVersion head, Draft draft, ContentWriter content) {
        String what = "what is published into branch '%s' of %s, which moved to %s meanwhile"
                .formatted(begun.options().branch(), guard.describe(begun.name()), head.reference());
        return merges.merge(begun.base(), head, draft, OnConflict.REFUSE, content, what);
    }

    private Dataset datasetFor(MetadataTransaction tx, String name) {
        Optional<Dataset> found = tx.datasets().find(context.projectId(), name);
        if (found.isPresent()) {
            guard.require(tx, Privilege.EDIT, found.get());
            return found.get();
        }
        try {
            return insertDataset(tx, name, "", Map.of());
        } catch (AlreadyExistsException e) {
            throw new DatasetRace(e);
        }
    }

    /** Makes a data set; {@link AlreadyExistsException} if the name is taken. */
    Dataset insertDataset(MetadataTransaction tx, String name, String description, Map<String, String> metadata) {
        context.requireOnProject(tx, Privilege.EDIT);
        Dataset dataset = new Dataset(
                context.newId(),
                context.projectId(),
                name,
                description,
                metadata,
                null,
                context.principal().name(),
                context.now());
        tx.datasets().insert(dataset);
        events.record(tx, EventKind.CREATED, dataset, null, DatasetEvents.detail(dataset));
        return dataset;
    }

    /** Another transaction made the data set first; this one must be begun anew to see it. */
    private static final class DatasetRace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DatasetRace(AlreadyExistsException cause) {
            super(cause);
        }
    }
}
