package dev.mlops.core.storage;

import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.content.Storage;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.cache.LateFileCache;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.context.Workplace;
import dev.mlops.core.manifest.Manifest;
import dev.mlops.core.manifest.ManifestWriter;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;

/** Versions of one data set on SQLite and files, whose objects can be damaged. Thread-safe. */
final class UpkeepFixture implements AutoCloseable {
    private static final String PROJECT = "id-of-project-000000000000";
    private static final String DATASET = "id-of-dataset-000000000000";

    final SqliteMetadataStore metadata;
    final ObjectStore objects;
    final StoreContext store;
    final PackContentStore content;
    private final Path directory;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();

    UpkeepFixture(Path directory) {
        this(directory, objects -> objects);
    }

    /** With something between the store and the files. */
    UpkeepFixture(Path directory, UnaryOperator<ObjectStore> over) {
        this.directory = directory;
        this.metadata = SqliteMetadataStore.open(directory.resolve("mlops.db"));
        this.objects = over.apply(FileObjectStore.open(directory.resolve("objects")));
        this.content = new PackContentStore(objects, metadata, directory.resolve("index"), Runnable::run, 1);
        this.store = new StoreContext(
                metadata,
                objects.describe(),
                content,
                new LateFileCache(directory.resolve("files"), 1 << 20),
                Clock.systemUTC(),
                background,
                new Workplace(Runnable::run, 1, directory));
        store.<Boolean>write(tx -> {
            if (tx.projects().find("lab").isEmpty()) {
                tx.projects().insert(new ProjectInfo(PROJECT, "lab", Visibility.PRIVATE, "", "me", Instant.EPOCH));
                tx.datasets().insert(new Dataset(DATASET, PROJECT, "data", "", Map.of(), null, "me", Instant.EPOCH));
            }
            return true;
        });
    }

    Storage storage() {
        return new PackUpkeep(store, objects, content).as(Principal.localOwner());
    }

    ScrubReport scrub() {
        return storage().scrub(ScrubOptions.full());
    }

    CollectReport collect() {
        return storage().collect(CollectOptions.grace(Duration.ZERO));
    }

    /** Publishes files as the next version. */
    DatasetVersion publish(Map<String, byte[]> files) {
        return publish(content, files);
    }

    DatasetVersion publish(PackContentStore over, Map<String, byte[]> files) {
        try (ContentWriter writer = over.writer(new Cancellation())) {
            Manifest manifest = write(writer, files);
            return commit(writer, manifest);
        }
    }

    /** Puts files, not durable yet and seen by no other writer. */
    static void put(ContentWriter writer, Map<String, byte[]> files) {
        files.forEach((path, bytes) -> writer.put(ContentSource.of(path, ObjectBody.of(bytes))));
    }

    static Manifest write(ContentWriter writer, Map<String, byte[]> files) {
        ManifestWriter list = new ManifestWriter(writer);
        new TreeMap<>(files).forEach((path, bytes) -> {
            Stored stored = writer.put(ContentSource.of(path, ObjectBody.of(bytes)));
            list.add(new FileEntry(path, stored.size(), stored.digest(), "application/octet-stream", null));
        });
        Manifest manifest = list.finish(null);
        writer.flush();
        return manifest;
    }

    DatasetVersion commit(ContentWriter writer, Manifest manifest) {
        return store.<DatasetVersion>write(tx -> {
            long ordinal = tx.datasets().allocate(DATASET);
            DatasetVersion version = new DatasetVersion(
                    store.newId(),
                    PROJECT,
                    DATASET,
                    "",
                    "V" + ordinal,
                    ordinal,
                    null,
                    null,
                    "",
                    Map.of(),
                    manifest.digest(),
                    manifest.files(),
                    manifest.bytes(),
                    List.of(),
                    "me",
                    "me",
                    store.now());
            tx.datasets().insertVersion(version);
            writer.use(tx, owner(version.id()));
            return tx.datasets().findVersionById(version.id()).orElseThrow();
        });
    }

    static ContentOwner owner(String versionId) {
        return new ContentOwner(ContentOwner.Kind.DATASET_VERSION, versionId);
    }

    void delete(DatasetVersion version) {
        store.<Boolean>write(tx -> {
            tx.datasets().deleteVersion(version.id());
            return true;
        });
    }

    /** Reads all files of a version; throws if one is damaged. */
    void verify(DatasetVersion version) {
        Manifests.uncached(content)
                .open(version.manifest())
                .entries()
                .forEachRemaining(file -> content.verify(file.sha256()));
    }

    List<String> packsOf(DatasetVersion version) {
        return store.<List<String>>read(tx -> List.copyOf(tx.content().packsOf(owner(version.id()))));
    }

    List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        objects.list(prefix).forEachRemaining(info -> keys.add(info.key()));
        return keys;
    }

    /** The file of an object; its folders and name carry marks. */
    Path file(String key) {
        String[] parts = key.split("/", -1);
        Path path = directory.resolve("objects/objects");
        for (int i = 0; i < parts.length; i++) {
            path = path.resolve((i == parts.length - 1 ? "o-" : "d-") + parts[i]);
        }
        return path;
    }

    void flip(String key, long at) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file(key).toFile(), "rw")) {
            access.seek(at);
            int old = access.read();
            access.seek(at);
            access.write(old ^ 0x10);
        }
    }

    void cut(String key, long length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file(key).toFile(), "rw")) {
            access.setLength(length);
        }
    }

    void remove(String key) throws IOException {
        Files.delete(file(key));
    }

    @Override
    public void close() {
        store.close();
        background.shutdownNow();
        content.close();
        objects.close();
        metadata.close();
    }
}
