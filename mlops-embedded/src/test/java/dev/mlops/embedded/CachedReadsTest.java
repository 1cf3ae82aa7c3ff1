package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.MlopsSdk;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import dev.mlops.testkit.object.Fault.Call;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.MapObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The second reading of small files of a store that is not on this machine. */
class CachedReadsTest {
    private static final int FILES = 40;
    private static final int SIZE = 3_000;
    private static final long GENEROUS = 100_000_000;

    private final FaultyObjectStore remote = new FaultyObjectStore(new MapObjectStore(), 1);

    @TempDir
    Path directory;

    private Mlops open(ObjectStore objects, long cacheBytes) {
        SqliteMetadataStore metadata = SqliteMetadataStore.open(directory.resolve("mlops.db"));
        return MlopsSdk.builder()
                .metadata(metadata)
                .objects(objects)
                .cache(directory.resolve("cache"))
                .cacheBytes(cacheBytes)
                .closeAlso(metadata)
                .build();
    }

    private static byte[] bytes(int file) {
        return TestBodies.noise(SIZE, file);
    }

    private static DatasetVersion publish(DatasetStore datasets) {
        List<FileSource> files = IntStream.range(0, FILES)
                .mapToObj(i -> FileSource.of("f%03d".formatted(i), bytes(i)))
                .toList();
        return datasets.publish("data", files.iterator(), PublishOptions.defaults());
    }

    private static DatasetStore datasets(Mlops mlops) {
        return mlops.projects().openOrCreate("lab").datasets();
    }

    private static Map<String, byte[]> epoch(DatasetStore datasets, DatasetVersion version) {
        Map<String, byte[]> seen = new HashMap<>();
        try (Samples samples =
                datasets.samples(version, SampleOptions.builder().seed(3).build())) {
            samples.forEachRemaining(sample -> seen.put(sample.entry().path(), sample.bytes()));
        }
        return seen;
    }

    private static void assertAll(Map<String, byte[]> seen) {
        assertThat(seen).hasSize(FILES);
        for (int i = 0; i < FILES; i++) {
            assertThat(seen.get("f%03d".formatted(i))).isEqualTo(bytes(i));
        }
    }

    private static byte[] read(DatasetStore datasets, DatasetVersion version, String path) throws IOException {
        try (InputStream in = datasets.open(version, path)) {
            return in.readAllBytes();
        }
    }

    private List<Path> cached() throws IOException {
        Path files = directory.resolve("cache/files/files");
        if (Files.notExists(files)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(files)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void theSecondEpochAsksTheStoreNothing() throws IOException {
        try (Mlops mlops = open(remote, GENEROUS)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = publish(datasets);
            assertAll(epoch(datasets, version));
            int gets = remote.calls(Call.GET);

            assertAll(epoch(datasets, version));
            assertThat(read(datasets, version, "f007")).isEqualTo(bytes(7));

            assertThat(remote.calls(Call.GET)).isEqualTo(gets);
        }
        assertThat(cached()).as("files and their list").hasSize(FILES + 1);
    }

    @Test
    void aFileThatWasOpenedIsNotAskedForAgain() throws IOException {
        try (Mlops mlops = open(remote, GENEROUS)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = publish(datasets);
            assertThat(read(datasets, version, "f007")).isEqualTo(bytes(7));
            int gets = remote.calls(Call.GET);

            assertThat(read(datasets, version, "f007")).isEqualTo(bytes(7));

            assertThat(remote.calls(Call.GET)).isEqualTo(gets);
            assertThat(cached()).as("the file and the list").hasSize(2);
        }
    }

    @Test
    void whatWasDamagedInTheCacheIsReadFromTheStore() throws IOException {
        try (Mlops mlops = open(remote, GENEROUS)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = publish(datasets);
            epoch(datasets, version);
            for (Path file : cached()) {
                var modified = Files.getLastModifiedTime(file);
                assertThat(file.toFile().setWritable(true)).isTrue();
                Files.write(file, new byte[(int) Files.size(file)]);
                Files.setLastModifiedTime(file, modified);
            }

            assertAll(epoch(datasets, version));
            assertThat(read(datasets, version, "f007")).isEqualTo(bytes(7));
        }
    }

    @Test
    void theBoundIsKept() throws IOException {
        long bound = 10L * SIZE;
        try (Mlops mlops = open(remote, bound)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = publish(datasets);
            assertAll(epoch(datasets, version));
            assertAll(epoch(datasets, version));
        }
        assertThat(cached()).hasSizeLessThanOrEqualTo(10);
    }

    @Test
    void largeFilesAreNotAdded() throws IOException {
        byte[] large = TestBodies.noise(1024 * 1024 + 1, 5);
        try (Mlops mlops = open(remote, GENEROUS)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = datasets.publish(
                    "data", List.of(FileSource.of("large", large)).iterator(), PublishOptions.defaults());
            assertThat(epoch(datasets, version).get("large")).isEqualTo(large);
            assertThat(read(datasets, version, "large")).isEqualTo(large);
        }
        assertThat(cached()).as("the list of files").hasSize(1);
    }

    @Test
    void aStoreOnThisMachineIsNotCached() throws IOException {
        try (ObjectStore local = FileObjectStore.open(directory.resolve("objects"));
                Mlops mlops = open(local, GENEROUS)) {
            DatasetStore datasets = datasets(mlops);
            DatasetVersion version = publish(datasets);
            assertAll(epoch(datasets, version));
            assertThat(read(datasets, version, "f007")).isEqualTo(bytes(7));
        }
        assertThat(cached()).isEmpty();
    }
}
