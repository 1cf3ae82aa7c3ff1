package dev.mlops.core.dataset;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetRef;
import dev.mlops.api.dataset.DatasetSpec;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.DownloadPart;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MaterialiseOptions;
import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.PublishPreview;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.checkout.Checkout;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.file.FileProgress;
import dev.mlops.core.manifest.ManifestDiff;
import dev.mlops.core.manifest.StoredManifest;
import dev.mlops.core.media.DatasetSummaryJson;
import dev.mlops.core.media.SummaryCollector;
import dev.mlops.core.sample.ShuffledSamples;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Data sets whose names and versions are kept in the metadata store, and whose files and lists of files (manifests) are
 * in the content store.
 */
public final class ContentDatasets implements DatasetStore {
    private final ProjectContext context;
    private final DatasetGuard guard;
    private final DatasetEvents events;
    private final BranchHeads heads;
    private final Publisher publisher;
    private final Removal removal;
    private final Retention retention;

    /** The data sets of a project for a caller. */
    public ContentDatasets(ProjectContext context) {
        this.context = context;
        this.guard = new DatasetGuard(context);
        this.events = new DatasetEvents(context);
        this.heads = new BranchHeads(context);
        this.publisher = new Publisher(context);
        this.removal = new Removal(guard, events);
        this.retention = new Retention(context, guard, removal);
    }

    @Override
    public Dataset create(DatasetSpec spec) {
        return context.write(tx -> {
            context.requireOnProject(tx, Privilege.EDIT);
            String id = context.once(
                    tx,
                    spec.idempotencyKey(),
                    "dataset",
                    "%s\0%s\0%s".formatted(spec.name(), spec.description(), new TreeMap<>(spec.metadata())),
                    () -> insert(tx, spec));
            return tx.datasets().findById(id).orElseThrow(() -> context.notFound(guard.describe(spec.name())));
        });
    }

    private String insert(MetadataTransaction tx, DatasetSpec spec) {
        if (tx.datasets().find(context.projectId(), spec.name()).isPresent()) {
            throw new AlreadyExistsException(guard.describe(spec.name()) + " exists already");
        }
        return new VersionCommit(context)
                .insertDataset(tx, spec.name(), spec.description(), spec.metadata())
                .id();
    }

    private static void checkTexts(String description, Map<String, String> metadata) {
        ResourceName.checkText("data set description", description, 4096);
        metadata.forEach((key, value) -> {
            ResourceName.checkKey("metadata key", key);
            ResourceName.checkText("metadata " + key, value, 8000);
        });
    }

    @Override
    public Optional<Dataset> find(String name) {
        return context.read(tx -> tx.datasets()
                .find(context.projectId(), name)
                .filter(found -> context.may(tx, Privilege.READ, context.projectId(), Asset.dataset(found.id()))));
    }

    @Override
    public Listing<Dataset> list(String text) {
        return Listing.of(request ->
                context.read(tx -> tx.datasets().list(context.projectId(), text, context.principal(), request)));
    }

    @Override
    public Dataset update(String name, String description, Map<String, String> metadata) {
        checkTexts(description, metadata);
        return context.write(tx -> {
            Dataset before = guard.dataset(tx, name, Privilege.EDIT);
            Dataset after = new Dataset(
                    before.id(),
                    before.projectId(),
                    before.name(),
                    description,
                    metadata,
                    before.currentVersionId(),
                    before.createdBy(),
                    before.createdAt());
            tx.datasets().update(after);
            events.record(tx, EventKind.UPDATED, after, DatasetEvents.detail(before), DatasetEvents.detail(after));
            return after;
        });
    }

    @Override
    public DatasetVersion publish(String name, Path directory, PublishOptions options) {
        return publisher.publish(name, PublishSource.directory(directory, options), options);
    }

    @Override
    public DatasetVersion publish(String name, Iterator<FileSource> files, PublishOptions options) {
        return publisher.publish(name, PublishSource.files(files, options), options);
    }

    @Override
    public DatasetVersion publish(String name, ObjectStore objects, String prefix, PublishOptions options) {
        return publisher.publish(name, PublishSource.objects(objects, prefix, options), options);
    }

    @Override
    public DatasetVersion publishArchive(String name, Path archive, PublishOptions options) {
        return publisher.publish(name, PublishSource.archive(archive, staging(), options), options);
    }

    @Override
    public DatasetVersion publishArchive(String name, InputStream archive, PublishOptions options) {
        return publisher.publish(name, PublishSource.archive(archive, staging(), options), options);
    }

    private Path staging() {
        return context.store().workplace().staging();
    }

    @Override
    public PublishPreview preview(String name, Path directory, PublishOptions options) {
        return publisher.preview(name, PublishSource.directory(directory, options), options);
    }

    @Override
    public PublishPreview preview(String name, Iterator<FileSource> files, PublishOptions options) {
        return publisher.preview(name, PublishSource.files(files, options), options);
    }

    @Override
    public PublishPreview preview(String name, ObjectStore objects, String prefix, PublishOptions options) {
        return publisher.preview(name, PublishSource.objects(objects, prefix, options), options);
    }

    @Override
    public PublishPreview previewArchive(String name, Path archive, PublishOptions options) {
        return publisher.preview(name, PublishSource.archive(archive, staging(), options), options);
    }

    @Override
    public DatasetVersion version(DatasetRef ref) {
        return context.read(tx -> guard.version(tx, ref));
    }

    @Override
    public Branches branches(String name) {
        return new StoredBranches(context, name);
    }

    @Override
    public Listing<DatasetVersion> versions(String name) {
        return Listing.of(request -> context.read(tx -> {
            Dataset dataset = guard.dataset(tx, name, Privilege.READ);
            return tx.datasets().versions(dataset.id(), request);
        }));
    }

    @Override
    public Dataset moveCurrent(DatasetVersion to, DatasetVersion expected) {
        return context.write(tx -> {
            DatasetVersion target = guard.ownVersion(tx, to, Privilege.EDIT);
            Dataset dataset = tx.datasets().findById(target.datasetId()).orElseThrow();
            guard.requireMove(tx, dataset, Branch.MAIN);
            if (!target.datasetId().equals(expected.datasetId())) {
                throw new InvalidInputException(
                        "expected version", expected.reference(), "is not of the data set of " + target.reference());
            }
            if (!heads.move(tx, target.datasetId(), Branch.MAIN, expected.id(), target)) {
                throw new ConflictException("%s is not the current version any more; %s was not made current"
                        .formatted(expected.reference(), target.reference()));
            }
            Map<String, ?> before = Map.of("current", expected.reference());
            events.record(tx, EventKind.MOVED, target, before, Map.of("current", target.reference()));
            return tx.datasets().findById(target.datasetId()).orElseThrow();
        });
    }

    @Override
    public Listing<FileEntry> files(DatasetVersion version, FileQuery query) {
        return Listing.of(request -> {
            DatasetVersion stored = readable(version);
            return new FilePages(stored, manifest(stored), query).page(request);
        });
    }

    @Override
    public FileEntry file(DatasetVersion version, String path) {
        DatasetVersion stored = readable(version);
        return manifest(stored)
                .find(path)
                .orElseThrow(() -> new NotFoundException("%s has no file '%s'".formatted(stored.reference(), path)));
    }

    @Override
    public InputStream open(DatasetVersion version, String path) {
        return open(version, path, entry -> context.store().reads().open(entry.sha256(), entry.size()));
    }

    @Override
    public InputStream open(DatasetVersion version, String path, long offset, long length) {
        return open(version, path, entry -> context.content().open(entry.sha256(), offset, length));
    }

    @Override
    public Optional<List<DownloadPart>> directDownload(DatasetVersion version, String path, Duration validity) {
        return open(version, path, entry -> context.content().direct(entry.sha256(), validity));
    }

    private <T> T open(DatasetVersion version, String path, Function<FileEntry, T> opener) {
        FileEntry entry = file(version, path);
        try {
            return opener.apply(entry);
        } catch (NotFoundException e) {
            throw new IntegrityException(
                    "the bytes of file '%s' of %s are missing: %s".formatted(path, version.reference(), e.getMessage()),
                    e);
        }
    }

    @Override
    public SeekableByteChannel openChannel(DatasetVersion version, String path) {
        return open(version, path, entry -> context.content().channel(entry.sha256()));
    }

    @Override
    public MaterialiseReport materialise(DatasetVersion version, Path target, MaterialiseOptions options) {
        DatasetVersion stored = readable(version);
        Optional<Totals> totals = new FileFilter(stored, options.query()).totals(stored);
        return new Checkout(
                        context.content(),
                        (manifest, query) -> files(stored, manifest, query),
                        stored,
                        target,
                        options,
                        context.store().cache(),
                        totals.map(Totals::files).orElse(-1L),
                        totals.map(Totals::bytes).orElse(-1L))
                .run();
    }

    @Override
    public Samples samples(DatasetVersion version, SampleOptions options) {
        DatasetVersion stored = readable(version);
        Iterator<FileEntry> files = files(stored, stored.manifest(), options.query());
        ShuffledSamples samples = new ShuffledSamples(context.store().reads(), stored, files, options);
        samples.afterClose(context.store().closeWithStore(samples));
        return samples;
    }

    private Iterator<FileEntry> files(DatasetVersion stored, Sha256 manifest, FileQuery query) {
        return new FilteredFiles(context.store().manifests().open(manifest), new FileFilter(stored, query));
    }

    @Override
    public DatasetDiff diff(DatasetVersion from, DatasetVersion to) {
        DatasetVersion before = readable(from);
        DatasetVersion after = readable(to);
        return ManifestDiff.between(manifest(before), manifest(after));
    }

    @Override
    public DatasetSummary describe(DatasetVersion version) {
        StoredManifest manifest = manifest(readable(version));
        return manifest.summary().map(DatasetSummaryJson::fromJson).orElseGet(() -> collect(manifest));
    }

    private static DatasetSummary collect(StoredManifest manifest) {
        SummaryCollector collector = new SummaryCollector(null);
        manifest.entries().forEachRemaining(collector::add);
        return collector.summary();
    }

    @Override
    public void verify(DatasetVersion version, ProgressListener progress, Cancellation cancellation) {
        DatasetVersion stored = readable(version);
        FileProgress watched = new FileProgress(
                "verifying " + stored.reference(), progress, cancellation, stored.files(), stored.bytes());
        new Verification(context.content(), stored, watched).verify();
    }

    @Override
    public DatasetVersion pull(DatasetStore source, DatasetVersion version, CopyOptions options) {
        if (!(source instanceof ContentDatasets other)) {
            throw new InvalidInputException("source of a copy", source, "was not opened by MlopsSdk or EmbeddedMlops");
        }
        VersionCopy.Origin origin = VersionCopy.Origin.of(other.context, other.guard, version);
        return new VersionCopy(context, guard, events, origin, options).copy();
    }

    @Override
    public void deleteVersion(DatasetVersion version) {
        context.write(tx -> removal.deleteVersion(tx, version));
    }

    @Override
    public List<DatasetVersion> prune(String name, RetentionPolicy policy) {
        return retention.prune(name, policy);
    }

    @Override
    public void destroy(String name) {
        context.write(tx -> removal.destroy(tx, name));
    }

    private DatasetVersion readable(DatasetVersion version) {
        return context.read(tx -> guard.version(tx, version, Privilege.READ));
    }

    private StoredManifest manifest(DatasetVersion stored) {
        return context.store().manifests().open(stored.manifest());
    }
}
