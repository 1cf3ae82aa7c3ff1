package dev.mlops.core.dataset;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.PublishPreview;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.manifest.ManifestDiff;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.source.EntrySort;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Publishes versions: stores the files, then their manifest, and then makes the version visible in one transaction. Until
 * that commits there is nothing but content that nobody refers to. Thread-safe.
 */
final class Publisher {
    private static final String KIND = "data set version";
    private static final int ATTEMPTS = 5;

    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;

    Publisher(ProjectContext context) {
        this.context = context;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
    }

    /**
     * Publishes files.
     *
     * @param source where they come from; only opened if they are needed
     */
    DatasetVersion publish(String name, PublishSource source, PublishOptions options) {
        ResourceName.check("data set name", name);
        String arguments = arguments(name, source.words(), options);
        Optional<DatasetVersion> before = context.read(tx -> check(tx, name, options, arguments));
        if (before.isPresent()) {
            return before.get();
        }
        try (FilesToPublish files = open(name, source, options);
                ContentWriter content = context.content().writer(options.cancellation())) {
            Draft draft = new DraftFiles(
                            options,
                            context.content(),
                            parent(name),
                            workplace().staging())
                    .store(content, files);
            DatasetVersion version = commit(name, arguments, draft, content, options);
            files.published();
            return version;
        }
    }

    private Workplace workplace() {
        return context.store().workplace();
    }

    private FilesToPublish open(String name, PublishSource source, PublishOptions options) {
        return FilesToPublish.open(source, context.projectId() + "/" + name, options, workplace());
    }

    /** The version from which the next one is made, as it is now. */
    private ParentVersion parent(String name) {
        Optional<DatasetVersion> version = context.read(tx -> tx.datasets()
                .find(context.projectId(), name)
                .flatMap(dataset -> Optional.ofNullable(dataset.currentVersionId()))
                .flatMap(tx.datasets()::findVersionById));
        Manifests manifests = context.store().manifests();
        return version.map(found -> ParentVersion.of(found, manifests))
                .orElseGet(() -> new ParentVersion(manifests.empty(), List.of()));
    }

    /** What publishing files would do. */
    PublishPreview preview(String name, PublishSource source, PublishOptions options) {
        ResourceName.check("data set name", name);
        context.read(tx -> check(tx, name, options, arguments(name, source.words(), options)));
        try (FilesToPublish files = open(name, source, options);
                EntrySort sort = new EntrySort(workplace().staging())) {
            files.store(FileIntake.comparing(context.content()), taken -> sort.add(taken.entry()));
            DatasetDiff diff = ManifestDiff.between(parent(name).manifest(), sort.sorted());
            return new PublishPreview(files.files(), files.bytes(), diff, files.newBytes());
        }
    }

    private static String arguments(String name, String origin, PublishOptions options) {
        return "%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s\0%s"
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
                        options.keepModificationTimes());
    }

    /** What would refuse the version at the end refuses it now, before hours of reading; gives what was made before. */
    private Optional<DatasetVersion> check(
            MetadataTransaction tx, String name, PublishOptions options, String arguments) {
        Optional<Dataset> dataset = tx.datasets().find(context.projectId(), name);
        if (dataset.isEmpty()) {
            context.requireOnProject(tx, Privilege.EDIT);
        } else {
            guard.require(tx, Privilege.EDIT, dataset.get());
        }
        Optional<String> made = context.madeBefore(tx, options.idempotencyKey(), KIND, arguments);
        if (made.isEmpty() && dataset.isPresent()) {
            options.versionName().ifPresent(version -> refuseTaken(tx, dataset.get(), version));
        }
        return made.map(id -> stored(tx, id));
    }

    private DatasetVersion stored(MetadataTransaction tx, String id) {
        return tx.datasets()
                .findVersionById(id)
                .orElseThrow(() -> new ConflictException(
                        "the version %s that this idempotency key made was deleted; choose another key".formatted(id)));
    }

    private void refuseTaken(MetadataTransaction tx, Dataset dataset, String version) {
        if (tx.datasets().findVersion(dataset.id(), version).isPresent()) {
            throw new AlreadyExistsException("version '%s' of %s exists already; choose another name"
                    .formatted(version, guard.describe(dataset.name())));
        }
    }

    private DatasetVersion commit(
            String name, String arguments, Draft draft, ContentWriter content, PublishOptions options) {
        for (int attempt = 1; ; attempt++) {
            try {
                return context.<DatasetVersion>write(tx -> {
                    String id = context.once(
                            tx,
                            options.idempotencyKey(),
                            KIND,
                            arguments,
                            () -> insert(tx, name, draft, content, options));
                    return stored(tx, id);
                });
            } catch (DatasetRace race) {
                if (attempt == ATTEMPTS) {
                    throw new ConflictException(
                            guard.describe(name) + " is made and destroyed all the time; publish again", race);
                }
            }
        }
    }

    private String insert(
            MetadataTransaction tx, String name, Draft draft, ContentWriter content, PublishOptions options) {
        String datasetId = datasetFor(tx, name).id();
        long ordinal = tx.datasets().allocate(datasetId);
        Dataset dataset = tx.datasets().findById(datasetId).orElseThrow();
        DatasetVersion version = new DatasetVersion(
                context.newId(),
                context.projectId(),
                datasetId,
                "",
                versionName(tx, dataset, ordinal, options),
                ordinal,
                dataset.currentVersionId(),
                null,
                options.message(),
                options.metadata(),
                draft.manifest().digest(),
                draft.manifest().files(),
                draft.manifest().bytes(),
                draft.splits(),
                context.principal().name(),
                context.principal().name(),
                context.now());
        tx.datasets().insertVersion(version);
        content.use(tx, new ContentOwner(ContentOwner.Kind.DATASET_VERSION, version.id()));
        makeCurrent(tx, dataset, version);
        DatasetVersion stored = stored(tx, version.id());
        events.record(tx, EventKind.PUBLISHED, stored, null, DatasetEvents.detail(stored));
        return version.id();
    }

    private static void makeCurrent(MetadataTransaction tx, Dataset dataset, DatasetVersion version) {
        if (!tx.datasets().moveCurrent(dataset.id(), dataset.currentVersionId(), version.id())) {
            throw new ConflictException("the current version of data set '%s' was moved at the same time; publish again"
                    .formatted(dataset.name()));
        }
    }

    /** The ordinal gives the name; somebody may have chosen that name already, then the next free one is taken. */
    private String versionName(MetadataTransaction tx, Dataset dataset, long ordinal, PublishOptions options) {
        if (options.versionName().isPresent()) {
            refuseTaken(tx, dataset, options.versionName().get());
            return options.versionName().get();
        }
        long number = ordinal;
        while (tx.datasets().findVersion(dataset.id(), automatic(number)).isPresent()) {
            number++;
        }
        return automatic(number);
    }

    private static String automatic(long number) {
        return "V%03d".formatted(number);
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
