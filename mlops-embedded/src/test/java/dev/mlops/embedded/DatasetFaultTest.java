package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.core.MlopsSdk;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.jdbc.SqliteMetadataStore;
import dev.mlops.testkit.object.Fault;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Data sets on an object store that fails and lies: what is said is right, or a typed failure, and nothing is lost. */
@Timeout(120)
class DatasetFaultTest {
    private static final String DATA = "data";

    @TempDir
    private Path home;

    @TempDir
    private Path checkouts;

    private SqliteMetadataStore metadata;
    private FileObjectStore objects;
    private final List<Mlops> opened = new ArrayList<>();
    /** Every version that was acknowledged, by reference. */
    private final Map<String, Map<String, byte[]>> acknowledged = new LinkedHashMap<>();

    @BeforeEach
    void openStores() {
        metadata = SqliteMetadataStore.open(home.resolve("mlops.db"));
        objects = FileObjectStore.open(home.resolve("objects"));
    }

    @AfterEach
    void closeAll() {
        opened.forEach(Mlops::close);
        objects.close();
        metadata.close();
    }

    private FaultyObjectStore faulty(long seed) {
        return new FaultyObjectStore(objects, seed);
    }

    /** As on another machine, with nothing in its cache. */
    private DatasetStore open(FaultyObjectStore store) {
        Mlops mlops = MlopsSdk.builder()
                .metadata(metadata)
                .objects(store)
                .cache(home.resolve("cache-" + opened.size()))
                .parallelism(2)
                .build();
        opened.add(mlops);
        return mlops.projects().openOrCreate("faults").datasets();
    }

    private Mlops lastOpened() {
        return opened.get(opened.size() - 1);
    }

    /** A small file that differs from version to version, many that do not, and a large one of several parts. */
    private static Map<String, byte[]> files(int number) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 30; i++) {
            files.put("small/%02d.bin".formatted(i), TestBodies.noise(i * 50, i == number % 30 ? 1_000 + number : i));
        }
        byte[] large = TestBodies.noise(2_500_000, 7);
        large[(number % 20) * 100_000] = (byte) number;
        files.put("large.bin", large);
        files.put("empty", new byte[0]);
        return files;
    }

    private DatasetVersion publish(DatasetStore datasets, Map<String, byte[]> files, PublishOptions options) {
        DatasetVersion version = datasets.publish(
                DATA,
                files.entrySet().stream()
                        .map(file -> FileSource.of(file.getKey(), file.getValue()))
                        .iterator(),
                options);
        acknowledged.put(version.reference(), files);
        return version;
    }

    private DatasetVersion publish(DatasetStore datasets, int number) {
        return publish(datasets, files(number), PublishOptions.defaults());
    }

    private void assertNothingIsLost() {
        DatasetStore honest = open(faulty(0));
        acknowledged.forEach((reference, files) -> {
            DatasetVersion version = honest.version(reference.substring(reference.indexOf('/') + 1));
            honest.verify(version, ProgressListener.NONE, new Cancellation());
            Map<String, Sha256> digests = new TreeMap<>();
            files.forEach((path, bytes) -> digests.put(path, Sha256.of(bytes)));
            assertThat(digests(honest, version)).as(reference).isEqualTo(digests);
        });
    }

    private static Map<String, Sha256> digests(DatasetStore datasets, DatasetVersion version) {
        Map<String, Sha256> digests = new TreeMap<>();
        datasets.files(version).forEach(file -> digests.put(file.path(), file.sha256()));
        return digests;
    }

    private interface Reading {
        void check(DatasetStore datasets, DatasetVersion one, DatasetVersion two) throws IOException;
    }

    /** Everything that reads; each checks what it was told. */
    private List<Reading> readings() {
        Map<String, byte[]> expected = files(1);
        return List.of(
                (datasets, one, two) ->
                        assertThat(digests(datasets, one).keySet()).isEqualTo(expected.keySet()),
                (datasets, one, two) -> {
                    DatasetDiff diff = datasets.diff(one, two);
                    assertThat(diff.changed()).hasSize(3);
                    assertThat(diff.added()).isEmpty();
                },
                (datasets, one, two) -> {
                    for (String path : List.of("large.bin", "small/07.bin", "empty")) {
                        try (InputStream in = datasets.open(one, path)) {
                            assertThat(in.readAllBytes()).isEqualTo(expected.get(path));
                        }
                    }
                },
                (datasets, one, two) -> {
                    try (InputStream in = datasets.open(one, "large.bin", 1_000_000, 50_000)) {
                        assertThat(in.readAllBytes())
                                .isEqualTo(Arrays.copyOfRange(
                                        files(1).getOrDefault("large.bin", new byte[0]), 1_000_000, 1_050_000));
                    }
                },
                (datasets, one, two) -> {
                    Path target = Files.createTempDirectory(checkouts, "checkout");
                    datasets.materialise(one, target);
                    for (Map.Entry<String, byte[]> file : expected.entrySet()) {
                        assertThat(target.resolve(file.getKey())).hasBinaryContent(file.getValue());
                    }
                },
                (datasets, one, two) ->
                        assertThat(datasets.describe(one).files()).isEqualTo(expected.size()),
                (datasets, one, two) -> datasets.verify(one, ProgressListener.NONE, new Cancellation()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatALyingStoreSaysIsNoticed(long seed) throws IOException {
        DatasetStore writer = open(faulty(0));
        DatasetVersion one = publish(writer, 1);
        DatasetVersion two = publish(writer, 2);
        List<String> keys = new ArrayList<>();
        objects.list("").forEachRemaining(info -> keys.add(info.key()));
        Random random = new Random(seed);
        int noticed = 0;
        for (int i = 0; i < 12; i++) {
            String key = keys.get(random.nextInt(keys.size()));
            Fault fault = readingFault(random, somewhereIn(key, random));
            FaultyObjectStore lying = faulty(seed).inject(fault.keys(key::equals));
            for (Reading reading : readings()) {
                try {
                    reading.check(open(lying), one, two);
                } catch (MlopsException e) {
                    noticed++;
                } catch (IOException e) {
                    assertThat(e).hasCauseInstanceOf(MlopsException.class);
                    noticed++;
                }
            }
        }
        assertThat(noticed).isPositive();
        assertNothingIsLost();
    }

    /** In a blob, however small, or in the footer, each as likely as the others, so that lists and manifests are met. */
    private long somewhereIn(String key, Random random) {
        long size = objects.head(key).orElseThrow().size();
        long from = 0;
        long to = size;
        if (key.startsWith("pack/")) {
            List<PackEntry> blobs = PackFooter.read(objects, key.substring(key.lastIndexOf('/') + 1), size);
            int blob = random.nextInt(blobs.size() + 1);
            PackEntry entry = blobs.get(Math.min(blob, blobs.size() - 1));
            boolean isFooter = blob == blobs.size();
            from = isFooter ? (long) entry.offset() + entry.storedLength() : entry.offset();
            to = isFooter ? size : (long) entry.offset() + entry.storedLength();
        }
        return from + Math.floorMod(random.nextLong(), Math.max(1, to - from));
    }

    private static Fault readingFault(Random random, long offset) {
        return switch (random.nextInt(6)) {
            case 0 -> Fault.truncated(offset);
            case 1 -> Fault.broken(offset);
            case 2 -> Fault.missing();
            case 3 -> Fault.tooLong(1 + random.nextInt(100_000));
            default -> Fault.flippedBit(offset, random.nextInt(8));
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nothingIsLostWhileEverythingFailsNowAndThen(long seed) {
        FaultyObjectStore flaky = faulty(seed);
        publish(open(flaky), 0);
        DatasetStore datasets = open(flaky);
        Mlops mlops = lastOpened();
        flaky.inject(Fault.unavailable().withProbability(0.04))
                .inject(Fault.reportedAsFailed().withProbability(0.04))
                .inject(Fault.reportedAsExisting().withProbability(0.1))
                .inject(Fault.broken(300).withProbability(0.03));
        Random random = new Random(seed);
        int failed = 0;
        for (int step = 0; step < 40; step++) {
            try {
                work(mlops, datasets, random, step);
            } catch (MlopsException e) {
                failed++;
            }
        }
        assertThat(failed).isPositive();
        assertThat(acknowledged).hasSizeGreaterThan(1);
        flaky.heal();
        lastOpened().storage().collect(CollectOptions.grace(Duration.ZERO));
        assertNothingIsLost();
        assertThat(lastOpened().storage().scrub(ScrubOptions.full()).damages())
                .allSatisfy(damage -> assertThat(damage.hurt()).isEmpty());
    }

    private void work(Mlops mlops, DatasetStore datasets, Random random, int step) {
        switch (random.nextInt(5)) {
            case 0 -> mlops.storage().collect(CollectOptions.grace(Duration.ZERO));
            case 1 -> datasets.materialise(datasets.version(DATA), checkouts.resolve("flaky"));
            case 2 -> mergeBranch(datasets, step);
            default -> publish(datasets, step);
        }
    }

    private void mergeBranch(DatasetStore datasets, int step) {
        DatasetVersion base = datasets.version(DATA);
        Map<String, byte[]> files = new TreeMap<>(filesOf(base));
        String branch = "branch-" + step;
        datasets.branches(DATA).create(branch, base);
        files.put("from-branch", TestBodies.noise(100, step));
        publish(datasets, files, PublishOptions.builder().branch(branch).build());
        DatasetVersion merged = datasets.branches(DATA).merge(branch, Branch.MAIN, MergeOptions.DEFAULTS);
        acknowledged.put(merged.reference(), files);
    }

    /** What was acknowledged, or what is there after a failure that hid a success. */
    private Map<String, byte[]> filesOf(DatasetVersion version) {
        return acknowledged.computeIfAbsent(version.reference(), reference -> read(version));
    }

    private Map<String, byte[]> read(DatasetVersion version) {
        DatasetStore honest = open(faulty(0));
        Map<String, byte[]> files = new TreeMap<>();
        honest.files(version).forEach(file -> {
            try (InputStream in = honest.open(version, file.path())) {
                files.put(file.path(), in.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return files;
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 5_000, 1_000_000, 2_000_000})
    void aFullDiskEndsAPublishAndHarmsNothing(long room) {
        FaultyObjectStore full = faulty(1);
        DatasetStore datasets = open(full);
        publish(datasets, 1);
        full.inject(Fault.fullDisk(room));

        Map<String, byte[]> other = new TreeMap<>();
        other.put("new.bin", TestBodies.noise(4_000_000, 99));
        assertThatExceptionOfType(UnavailableException.class)
                .isThrownBy(() -> publish(datasets, other, PublishOptions.defaults()))
                .withMessageContaining("No space left");
        assertThat(datasets.versions(DATA).toList()).hasSize(1);
        assertNothingIsLost();

        full.heal();
        publish(datasets, other, PublishOptions.defaults());
        assertNothingIsLost();
    }

    @Test
    void aDamagedVersionIsNotCopiedAsIfItWereWhole(@TempDir Path elsewhere) {
        DatasetVersion version = publish(open(faulty(0)), 1);
        List<String> packs = new ArrayList<>();
        objects.list("pack/").forEachRemaining(info -> packs.add(info.key()));
        try (Mlops other = EmbeddedMlops.open(elsewhere)) {
            DatasetStore target = other.projects().create("copies").datasets();
            for (String pack : packs) {
                DatasetStore lying =
                        open(faulty(1).inject(Fault.flippedBit(20, 3).keys(pack::equals)));
                assertThatExceptionOfType(IntegrityException.class)
                        .isThrownBy(() -> target.pull(lying, version, CopyOptions.DEFAULTS));
                assertThat(target.list().toList()).isEmpty();
            }
            DatasetVersion copy = target.pull(open(faulty(0)), version, CopyOptions.DEFAULTS);
            target.verify(copy, ProgressListener.NONE, new Cancellation());
        }
    }

    @Test
    void twoWritersOfOneBranchAreBothHeard() throws Exception {
        publish(open(faulty(0)), 0);
        DatasetStore[] stores = {open(faulty(1)), open(faulty(2))};
        Thread[] writers = new Thread[2];
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < writers.length; i++) {
            int writer = i;
            writers[i] = new Thread(() -> {
                try {
                    writeOften(stores[writer], writer);
                } catch (RuntimeException | AssertionError e) {
                    failures.add(e);
                }
            });
            writers[i].start();
        }
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failures).isEmpty();
        DatasetStore datasets = open(faulty(0));
        assertThat(digests(datasets, datasets.version(DATA)).keySet())
                .containsAll(Stream.of("writer-0", "writer-1")
                        .flatMap(writer -> Stream.of(0, 1, 2, 3, 4, 5).map(n -> writer + "/" + n))
                        .toList());
        assertThat(datasets.versions(DATA).toList()).hasSize(13);
    }

    /** Each writer adds files to a folder of its own, to what it saw when it began. */
    private static void writeOften(DatasetStore datasets, int writer) {
        for (int n = 0; n < 6; n++) {
            DatasetVersion base = datasets.version(DATA);
            List<FileSource> files = new ArrayList<>();
            datasets.files(base).forEach(file -> files.add(again(datasets, base, file.path())));
            files.add(FileSource.of("writer-%d/%d".formatted(writer, n), TestBodies.noise(500, n)));
            datasets.publish(
                    DATA, files.iterator(), PublishOptions.builder().base(base).build());
        }
    }

    private static FileSource again(DatasetStore datasets, DatasetVersion version, String path) {
        try (InputStream in = datasets.open(version, path)) {
            return FileSource.of(path, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void twoWritersOfOneFileAreToldSo() {
        DatasetStore datasets = open(faulty(0));
        DatasetVersion base = publish(datasets, 0);
        Map<String, byte[]> mine = new TreeMap<>(files(0));
        mine.put("empty", new byte[] {1});
        publish(datasets, mine, PublishOptions.builder().base(base).build());
        Map<String, byte[]> theirs = new TreeMap<>(files(0));
        theirs.put("empty", new byte[] {2});

        assertThatExceptionOfType(MergeConflictException.class)
                .isThrownBy(() -> publish(
                        datasets, theirs, PublishOptions.builder().base(base).build()))
                .withMessageContaining("empty");
        assertNothingIsLost();
    }
}
