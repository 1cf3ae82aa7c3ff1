package dev.mlops.testkit.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Principal;
import dev.mlops.api.content.Storage;
import dev.mlops.api.content.Storage.CollectOptions;
import dev.mlops.api.content.Storage.CollectReport;
import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.HurtFile;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The upkeep of a store: scrub, mend and collect, as every {@link Storage} does it. Say which store to use; nobody else
 * may write to it meanwhile.
 */
public abstract class StorageContract {
    private static final int SIZE = 50_000;

    @TempDir
    private Path directory;

    private DatasetStore datasets;
    private Storage storage;
    private int seed = new Random().nextInt();

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected StorageContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    /** The objects of the store. */
    protected abstract ObjectStore objects();

    @BeforeEach
    void makeProject() {
        datasets = mlops().projects().create(Scene.freshName()).datasets();
        storage = mlops().storage();
    }

    private ScrubReport scrub() {
        return storage.scrub(ScrubOptions.full());
    }

    private Map<String, Long> packs() {
        Map<String, Long> packs = new TreeMap<>();
        objects().list("pack/").forEachRemaining(info -> packs.put(info.key(), info.size()));
        return packs;
    }

    /** Writes files with bytes that no other version has. */
    private Path files(String folder, String... paths) throws IOException {
        Path target = directory.resolve(folder);
        for (String path : paths) {
            Path file = target.resolve(path);
            Files.createDirectories(file.resolveSibling(""));
            Files.write(file, TestBodies.noise(SIZE, seed++));
        }
        return target;
    }

    private DatasetVersion publish(String name, Path folder) {
        return datasets.publish(name, folder, PublishOptions.defaults());
    }

    private void verify(DatasetVersion version) {
        datasets.verify(version, ProgressListener.NONE, new Cancellation());
    }

    /** The pack with the files of the version that was published since, not its manifest. */
    private String packSince(Map<String, Long> before) {
        return packs().entrySet().stream()
                .filter(pack -> !before.containsKey(pack.getKey()))
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    @Test
    void aPackThatIsGoneIsReportedAndMended() throws IOException {
        damageAndMend(pack -> objects().delete(pack));
    }

    @Test
    void aPackThatRottedIsReportedAndMended() throws IOException {
        damageAndMend(pack -> {
            byte[] bytes = read(pack);
            bytes[SIZE / 2] ^= 1;
            bytes[SIZE + SIZE / 2] ^= 1;
            objects().delete(pack);
            objects().putIfAbsent(pack, ObjectBody.of(bytes));
        });
    }

    /** Harms an object. */
    private interface Harm {
        void to(String key) throws IOException;
    }

    private void damageAndMend(Harm harm) throws IOException {
        DatasetVersion unhurt = publish("unhurt", files("unhurt", "x"));
        Map<String, Long> before = packs();
        Path folder = files("hurt", "a", "b/c");
        DatasetVersion version = publish("hurt", folder);
        DatasetVersion same = publish("same", folder);
        String pack = packSince(before);
        assertThat(scrub().damages()).isEmpty();

        harm.to(pack);
        ScrubReport report = scrub();

        assertThat(report.isComplete()).isTrue();
        assertThat(report.damages()).extracting(Damage::pack).containsExactly(pack);
        assertThat(report.damages().get(0).hurt())
                .containsExactlyInAnyOrder(
                        new HurtFile(version.reference(), "a"),
                        new HurtFile(version.reference(), "b/c"),
                        new HurtFile(same.reference(), "a"),
                        new HurtFile(same.reference(), "b/c"));
        assertThat(storage.usage().damagedPacks()).isEqualTo(1);
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> verify(version));
        verify(unhurt);

        DatasetVersion again = publish("hurt", folder);

        assertThat(again.manifest()).isEqualTo(version.manifest());
        assertThat(scrub().damages()).isEmpty();
        assertThat(storage.usage().damagedPacks()).isZero();
        verify(version);
        verify(same);
        verify(again);
    }

    private byte[] read(String key) throws IOException {
        try (InputStream in = objects().get(key)) {
            return in.readAllBytes();
        }
    }

    @Test
    void aQuickScrubFindsWhatIsGoneOrCut() throws IOException {
        Map<String, Long> before = packs();
        Path folder = files("data", "a");
        DatasetVersion version = publish("data", folder);
        String pack = packSince(before);
        byte[] bytes = read(pack);
        objects().delete(pack);
        objects().putIfAbsent(pack, ObjectBody.of(Arrays.copyOf(bytes, bytes.length - 1)));

        assertThat(storage.scrub(ScrubOptions.quick()).damages())
                .singleElement()
                .satisfies(damage -> {
                    assertThat(damage.pack()).isEqualTo(pack);
                    assertThat(damage.hurt()).containsExactly(new HurtFile(version.reference(), "a"));
                });
        publish("data", folder);
        assertThat(scrub().damages()).isEmpty();
    }

    @Test
    void whatOnlyADeletedVersionHadIsCollected() throws IOException {
        Path folder = files("data", "shared");
        publish("data", folder);
        Map<String, Long> before = packs();
        DatasetVersion deleted = publish("data", files("data", "deleted"));
        Set<String> packsOfDeleted = new TreeSet<>(packs().keySet());
        packsOfDeleted.removeAll(before.keySet());
        Files.delete(folder.resolve("deleted"));
        DatasetVersion kept = publish("data", files("data", "kept"));
        Map<String, Long> all = packs();

        storage.collect(CollectOptions.grace(Duration.ZERO));
        assertThat(packs()).as("all of them are needed").isEqualTo(all);
        datasets.deleteVersion(deleted);
        CollectReport foreseen =
                storage.collect(CollectOptions.grace(Duration.ZERO).asDryRun());
        assertThat(packs()).as("after a dry run").isEqualTo(all);
        CollectReport collected = storage.collect(CollectOptions.grace(Duration.ZERO));

        Set<String> gone = new HashSet<>(all.keySet());
        gone.removeAll(packs().keySet());
        assertThat(gone).isEqualTo(packsOfDeleted);
        assertThat(collected.deletedPacks()).isEqualTo(gone.size()).isEqualTo(foreseen.deletedPacks());
        assertThat(collected.deletedBytes())
                .isEqualTo(gone.stream().mapToLong(all::get).sum())
                .isEqualTo(foreseen.deletedBytes());
        verify(kept);
        assertThat(datasets.files(kept).map(FileEntry::path).toList()).containsExactly("kept", "shared");
        assertThat(scrub().damages()).isEmpty();
        assertThat(storage.collect(CollectOptions.grace(Duration.ZERO)).deletedPacks())
                .isZero();
    }

    @Test
    void whatNobodyNeedsStaysForTheGracePeriod() throws IOException {
        publish("data", files("data", "a"));
        Map<String, Long> all = packs();
        datasets.destroy("data");

        CollectReport report = storage.collect(CollectOptions.grace(Duration.ofDays(1)));

        assertThat(report.deletedPacks()).isZero();
        assertThat(report.condemnedPacks()).isPositive();
        assertThat(packs()).isEqualTo(all);
        DatasetVersion again = publish("data", directory.resolve("data"));
        storage.collect(CollectOptions.grace(Duration.ZERO));
        verify(again);
    }

    @Test
    void aLimitedScrubComesAround() throws IOException {
        publish("data", files("data", "a"));
        List<Long> read = new ArrayList<>();
        for (int i = 0; i < packs().size(); i++) {
            read.add(storage.scrub(ScrubOptions.full().maxBytes(1)).packs());
        }
        assertThat(read).containsOnly(1L);
        assertThat(storage.scrub(ScrubOptions.full()).packs()).isEqualTo(packs().size());
    }

    @Test
    void tellsOfObjectsThatBelongToNothing() {
        String key = "pack/ab/" + "ab".repeat(32);
        objects().putIfAbsent(key, ObjectBody.of(new byte[] {1}));

        assertThat(scrub().strangers()).containsExactly(key);
        storage.collect(CollectOptions.grace(Duration.ZERO));
        assertThat(objects().head(key).map(ObjectInfo::key)).isEmpty();
        assertThat(scrub().strangers()).isEmpty();
    }

    @Test
    void onlyTheOwnerMayLook() {
        Storage hers = mlops().as(Principal.user("eve")).storage();

        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(hers::usage);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> hers.scrub(ScrubOptions.quick()));
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> hers.collect(CollectOptions.DEFAULTS.asDryRun()));
    }
}
