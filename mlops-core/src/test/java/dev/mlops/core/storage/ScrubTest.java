package dev.mlops.core.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.access.Principal;
import dev.mlops.api.content.Storage;
import dev.mlops.api.content.Storage.Damage;
import dev.mlops.api.content.Storage.HurtFile;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.content.Storage.ScrubReport;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.manifest.Manifest;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.testkit.object.Fault;
import dev.mlops.testkit.object.Fault.Call;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScrubTest {
    private static final Map<String, byte[]> FILES = Map.of(
            "a/small.txt", TestBodies.noise(5_000, 1),
            "a/other.txt", TestBodies.noise(7_000, 2),
            "large.bin", TestBodies.noise(5_000_000, 3));

    @TempDir
    Path directory;

    private UpkeepFixture fixture;

    @BeforeEach
    void open() {
        fixture = new UpkeepFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void findsNothingWhereNothingIsDamaged() {
        DatasetVersion version = fixture.publish(FILES);
        List<Progress> told = new ArrayList<>();

        ScrubReport report = fixture.storage()
                .scrub(new ScrubOptions(ScrubOptions.Depth.FULL, Long.MAX_VALUE, told::add, new Cancellation()));

        assertThat(report.damages()).isEmpty();
        assertThat(report.strangers()).isEmpty();
        assertThat(report.isComplete()).isTrue();
        assertThat(report.packs()).isEqualTo(fixture.packsOf(version).size());
        assertThat(report.bytes()).isGreaterThan(5_000_000);
        assertThat(told.get(told.size() - 1).doneItems()).isEqualTo(report.packs());
        assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages()).isEmpty();
        assertThat(fixture.storage().usage()).isEqualTo(new Storage.Usage(report.packs(), packBytes(), 0, 0, 0));
    }

    private long packBytes() {
        return fixture.keys("pack/").stream()
                .mapToLong(key -> fixture.objects.head(key).orElseThrow().size())
                .sum();
    }

    @Test
    void aFlippedBitInABlobHurtsTheFilesThatHaveIt() throws IOException {
        DatasetVersion first = fixture.publish(FILES);
        DatasetVersion second = fixture.publish(Map.of("copy.txt", FILES.get("a/small.txt")));
        fixture.publish(Map.of("unhurt.txt", TestBodies.noise(100, 9)));
        flip(blobOf("a/small.txt"));

        ScrubReport report = fixture.scrub();

        assertThat(report.damages()).hasSize(1);
        Damage damage = report.damages().get(0);
        assertThat(damage.problem()).contains("1 of its");
        assertThat(damage.hurt())
                .containsExactlyInAnyOrder(
                        new HurtFile(first.reference(), "a/small.txt"), new HurtFile(second.reference(), "copy.txt"));
        assertThat(fixture.storage().usage().damagedPacks()).isEqualTo(1);
        assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages())
                .as("known from before")
                .hasSize(1);
        mend(first);
    }

    @Test
    void aFlippedBitInAChunkHurtsTheLargeFile() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        flip(blobs().stream()
                .filter(blob -> blob.entry.kind() == BlobKind.DATA && blob.entry.rawLength() > 10_000)
                .findFirst()
                .orElseThrow());

        assertHurt(fixture.scrub(), new HurtFile(version.reference(), "large.bin"));
        mend(version);
    }

    @Test
    void aFlippedBitInAListHurtsTheLargeFile() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        flip(blobs().stream()
                .filter(blob -> blob.entry.kind() == BlobKind.LIST)
                .findFirst()
                .orElseThrow());

        assertHurt(fixture.scrub(), new HurtFile(version.reference(), "large.bin"));
        mend(version);
    }

    @Test
    void aFlippedBitInAManifestHurtsTheVersionAsAWhole() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        BlobId root = BlobId.of(version.manifest());
        flip(blobs().stream()
                .filter(blob -> blob.entry.id().equals(root))
                .findFirst()
                .orElseThrow());

        assertHurt(fixture.scrub(), new HurtFile(version.reference(), null));
        mend(version);
    }

    @Test
    void aFlippedBitInASegmentHurtsTheVersionAsAWhole() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        BlobId segment = BlobId.of(Manifests.uncached(fixture.content)
                .open(version.manifest())
                .segments()
                .get(0)
                .sha256());
        flip(blobs().stream()
                .filter(blob -> blob.entry.id().equals(segment))
                .findFirst()
                .orElseThrow());

        assertHurt(fixture.scrub(), new HurtFile(version.reference(), null));
        mend(version);
    }

    @Test
    void aMissingPackHurtsAllThatWasInIt() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        fixture.remove(blobOf("a/other.txt").key);

        ScrubReport quick = fixture.storage().scrub(ScrubOptions.quick());
        assertThat(quick.damages()).hasSize(1);
        assertThat(quick.damages().get(0).problem()).contains("no such object");
        assertThat(quick.damages().get(0).hurt())
                .extracting(HurtFile::path)
                .containsExactlyInAnyOrderElementsOf(FILES.keySet());
        assertThat(fixture.scrub().damages().get(0).hurt()).hasSize(3);
        mend(version);
    }

    @Test
    void aMissingPackThatNoIndexListsIsKnownByItsVersionsAfterARestart() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        fixture.remove(blobOf("a/other.txt").key);
        fixture.close();
        fixture = new UpkeepFixture(directory);

        assertThat(fixture.scrub().damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.hurt())
                        .extracting(HurtFile::path)
                        .containsExactlyInAnyOrderElementsOf(FILES.keySet()));
        DatasetVersion again = fixture.publish(FILES);
        fixture.verify(version);
        fixture.delete(again);
        fixture.collect();
        fixture.verify(version);
    }

    @Test
    void aTruncatedPackIsFoundByItsSizeAndByReading() throws IOException {
        DatasetVersion version = fixture.publish(FILES);
        Blob blob = blobOf("a/other.txt");
        fixture.cut(blob.key, blob.entry.offset() + 10);

        assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.problem()).contains("bytes and was written with"));
        assertThat(fixture.scrub().damages()).hasSize(1);
        mend(version);
    }

    @Test
    void aLengthThatTheStoreTellsWronglyIsToldByAQuickScrub() {
        DatasetVersion version = fixture.publish(FILES);
        fixture.close();
        AtomicReference<FaultyObjectStore> lying = new AtomicReference<>();
        fixture = new UpkeepFixture(directory, files -> {
            lying.set(new FaultyObjectStore(files, 1));
            return lying.get();
        });
        String key = PackFooter.key(fixture.packsOf(version).get(0));
        for (long difference : new long[] {1, -1, 100_000, -100_000}) {
            lying.get().inject(Fault.wrongLength(difference).keys(key::equals));

            assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages())
                    .as("%+d bytes", difference)
                    .singleElement()
                    .satisfies(damage -> assertThat(damage.problem()).contains("bytes and was written with"));
            lying.get().heal();
            assertThat(fixture.scrub().damages()).as("the truth is told again").isEmpty();
            assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages()).isEmpty();
        }
        fixture.verify(version);
    }

    @Test
    void eachBitOfAPackCounts() throws IOException {
        DatasetVersion version = fixture.publish(Map.of("a", TestBodies.noise(300, 1)));
        String pack = blobs().get(0).key;
        long size = fixture.objects.head(pack).orElseThrow().size();
        Random random = new Random(5);
        for (int i = 0; i < 25; i++) {
            long at = i < 8 ? i : i < 20 ? size - 1 - (i - 8) : random.nextLong(size);
            fixture.flip(pack, at);
            assertThat(fixture.scrub().damages()).as("byte %d of %d", at, size).hasSize(1);
            fixture.flip(pack, at);
            assertThat(fixture.scrub().damages())
                    .as("byte %d of %d mended", at, size)
                    .isEmpty();
        }
        fixture.verify(version);
    }

    @Test
    void aDamagedIndexIsToldOfAndHurtsNothing() throws IOException {
        List<DatasetVersion> versions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            versions.add(fixture.publish(Map.of("f" + i, TestBodies.noise(2_000, i))));
        }
        fixture.flip(newestIndex(), 60);
        assertIndexIsReplaced(versions);
        fixture.close();
        fixture = new UpkeepFixture(directory);
        fixture.flip(newestIndex(), 60);
        fixture.publish(Map.of("another", TestBodies.noise(100, 77)));
        assertThat(fixture.scrub().damages())
                .as("whoever writes next replaces it")
                .isEmpty();
        fixture.remove(newestIndex());
        assertIndexIsReplaced(versions);
    }

    private void assertIndexIsReplaced(List<DatasetVersion> versions) {
        String damaged = newestIndex();
        versions.forEach(fixture::verify);
        assertThat(fixture.scrub().damages()).singleElement().satisfies(damage -> {
            assertThat(damage.pack()).isEqualTo(damaged);
            assertThat(damage.hurt()).isEmpty();
        });
        assertThat(fixture.scrub().damages()).isEmpty();
        versions.forEach(fixture::verify);
    }

    private String newestIndex() {
        List<IndexRecord> indexes =
                fixture.store.<List<IndexRecord>>read(tx -> tx.content().indexes());
        return IndexWriter.key(indexes.get(indexes.size() - 1).id());
    }

    @Test
    void aRollingScrubReadsAPackAtATimeAndGoesOnWhereItEnded() {
        for (int i = 0; i < 3; i++) {
            fixture.publish(Map.of("f", TestBodies.noise(2_000, i)));
        }
        int packs = fixture.keys("pack/").size();
        Set<Long> positions = new HashSet<>();
        for (int i = 0; i < packs; i++) {
            ScrubReport report = fixture.storage().scrub(ScrubOptions.full().maxBytes(1));
            assertThat(report.packs()).isEqualTo(1);
            assertThat(report.isComplete()).isEqualTo(packs == 1);
            positions.add(leastRecent());
        }
        assertThat(positions).hasSize(packs);
        assertThat(fixture.storage()
                        .scrub(ScrubOptions.full().maxBytes(1_000_000))
                        .isComplete())
                .isTrue();
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> fixture.storage().scrub(ScrubOptions.full().maxBytes(0)))
                .withMessageContaining("maxBytes");
    }

    @Test
    void aLimitedScrubLooksAtNamesAndIndexesOnceARound() {
        fixture.close();
        List<FaultyObjectStore> counted = new ArrayList<>();
        fixture = new UpkeepFixture(directory, objects -> {
            counted.add(new FaultyObjectStore(objects, 1));
            return counted.get(0);
        });
        FaultyObjectStore calls = counted.get(0);
        for (int i = 0; i < 3; i++) {
            fixture.publish(Map.of("f", TestBodies.noise(2_000, i)));
        }
        int packs = fixture.keys("pack/").size();
        int indexes = fixture.store.<Integer>read(tx -> tx.content().indexes().size());
        for (int round = 0; round < 2; round++) {
            int lists = calls.calls(Call.LIST);
            int gets = calls.calls(Call.GET);
            for (int i = 0; i < packs; i++) {
                assertThat(fixture.storage()
                                .scrub(ScrubOptions.full().maxBytes(1))
                                .packs())
                        .isEqualTo(1);
            }
            assertThat(calls.calls(Call.LIST) - lists).as("packs and indexes").isEqualTo(2);
            assertThat(calls.calls(Call.GET) - gets)
                    .as("indexes, footers and packs")
                    .isEqualTo(indexes + 2 * packs);
        }
    }

    @Test
    void indexesDoNotCountTowardsTheLimit() {
        fixture.publish(Map.of("f", TestBodies.noise(2_000, 1)));
        fixture.publish(Map.of("f", TestBodies.noise(2_000, 2)));
        ScrubReport all = fixture.scrub();
        long ofPacks = all.bytes() - fixture.storage().usage().indexBytes();

        ScrubReport limited = fixture.storage().scrub(ScrubOptions.full().maxBytes(ofPacks));

        assertThat(limited).isEqualTo(all);
    }

    private long leastRecent() {
        return fixture.store.<Long>read(
                tx -> tx.content().leastRecentlyScrubbed(1).get(0).sequence());
    }

    @Test
    void aPackThatIsBeingWrittenIsNotMissing() {
        fixture.publish(FILES);
        String pack = "ab".repeat(32);
        fixture.store.<Boolean>write(tx -> {
            tx.content().registerPack("session", pack, 100);
            return true;
        });

        assertThat(fixture.scrub().damages()).isEmpty();
        assertThat(fixture.storage().scrub(ScrubOptions.quick()).damages()).isEmpty();
    }

    @Test
    void tellsOfStrangers() {
        String stranger = PackFooter.key("cd".repeat(32));
        fixture.objects.putIfAbsent(stranger, ObjectBody.of(new byte[] {1}));
        fixture.objects.putIfAbsent("pack/readme", ObjectBody.of(new byte[] {1}));
        fixture.objects.putIfAbsent(IndexWriter.key("ef".repeat(32)), ObjectBody.of(new byte[] {1}));

        assertThat(fixture.scrub().strangers())
                .as("an index may be about to be registered")
                .containsExactly(stranger, "pack/readme");
    }

    @Test
    void aBlobThatTwoWritersStoredIsMendedByTheOtherCopy() throws IOException {
        DatasetVersion first;
        DatasetVersion second;
        try (PackContentStore other = new PackContentStore(
                        fixture.objects, fixture.metadata, directory.resolve("other"), Runnable::run, 1);
                ContentWriter ours = fixture.content.writer(new Cancellation());
                ContentWriter theirs = other.writer(new Cancellation())) {
            Manifest manifest = UpkeepFixture.write(ours, FILES);
            Manifest same = UpkeepFixture.write(theirs, FILES);
            first = fixture.commit(ours, manifest);
            second = fixture.commit(theirs, same);
        }
        assertThat(fixture.packsOf(first)).doesNotContainAnyElementsOf(fixture.packsOf(second));
        for (String pack : fixture.packsOf(first)) {
            fixture.flip(PackFooter.key(pack), 20);
        }

        assertThat(fixture.scrub().damages()).isEmpty();
        fixture.delete(second);
        fixture.collect();
        fixture.verify(first);
    }

    @Test
    void endsWhenItIsCancelled() {
        fixture.publish(FILES);
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();

        assertThatExceptionOfType(CancelledException.class)
                .isThrownBy(() -> fixture.storage()
                        .scrub(new ScrubOptions(
                                ScrubOptions.Depth.FULL, Long.MAX_VALUE, progress -> {}, cancellation)));
    }

    @Test
    void onlyTheOwnerOfTheSystemMayLook() {
        Storage storage = new PackUpkeep(fixture.store, fixture.objects, fixture.content).as(Principal.user("eve"));

        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(storage::usage);
        assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> storage.scrub(ScrubOptions.quick()));
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(() -> storage.collect(Storage.CollectOptions.DEFAULTS));
    }

    private static void assertHurt(ScrubReport report, HurtFile... files) {
        assertThat(report.damages())
                .singleElement()
                .satisfies(damage -> assertThat(damage.hurt()).containsExactlyInAnyOrder(files));
    }

    /** Publishing the same again mends a version, which outlives the one that mended it. */
    private void mend(DatasetVersion version) {
        DatasetVersion again = fixture.publish(FILES);
        assertThat(again.manifest()).isEqualTo(version.manifest());
        assertThat(fixture.scrub().damages()).isEmpty();
        fixture.delete(again);
        fixture.collect();
        fixture.verify(version);
        assertThat(fixture.scrub().damages()).isEmpty();
    }

    private record Blob(String key, PackEntry entry) {}

    private List<Blob> blobs() {
        List<Blob> blobs = new ArrayList<>();
        for (String key : fixture.keys("pack/")) {
            long size = fixture.objects.head(key).orElseThrow().size();
            PackFooter.read(fixture.objects, key.substring(key.lastIndexOf('/') + 1), size)
                    .forEach(entry -> blobs.add(new Blob(key, entry)));
        }
        return blobs;
    }

    private Blob blobOf(String path) {
        int size = FILES.get(path).length;
        return blobs().stream()
                .filter(blob -> blob.entry.rawLength() == size)
                .findFirst()
                .orElseThrow();
    }

    private void flip(Blob blob) throws IOException {
        fixture.flip(blob.key, blob.entry.offset() + blob.entry.storedLength() / 2);
    }
}
