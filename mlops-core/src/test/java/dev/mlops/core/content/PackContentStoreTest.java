package dev.mlops.core.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract on packs, what is shared, and what happens when someone damages objects. */
class PackContentStoreTest extends ContentStoreContract {
    private static final int LARGE = 6 * MIB + 100;
    private static final ContentOwner OWNER = new ContentOwner(ContentOwner.Kind.RUN, "run-1");

    @TempDir
    Path directory;

    private PackStoreFixture fixture;
    private PackContentStore contents;

    @BeforeEach
    void open() {
        fixture = new PackStoreFixture(directory);
        contents = fixture.open();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Override
    ContentStore contents() {
        return contents;
    }

    @Test
    void storesOnlyTheChunksThatDiffer() throws IOException {
        byte[] bytes = TestBodies.noise(20 * MIB, 1);
        byte[] changed = insert(bytes, 10 * MIB, new byte[] {1, 2, 3});
        put(TestSources.bytes(bytes));
        long before = fixture.bytes("pack/");

        Stored stored = put(TestSources.bytes(changed));
        Sha256 digest = stored.digest();

        assertThat(fixture.bytes("pack/") - before).isBetween(64L * 1024, 2L * MIB);
        assertThat(stored.newBytes()).isBetween(64L * 1024, 2L * MIB);
        assertThat(read(contents.open(digest))).isEqualTo(changed);
        assertThat(read(contents.open(digest, 10 * MIB - 1, 5)))
                .isEqualTo(Arrays.copyOfRange(changed, 10 * MIB - 1, 10 * MIB + 4));
    }

    private static byte[] insert(byte[] bytes, int at, byte[] what) {
        ByteBuffer result = ByteBuffer.allocate(bytes.length + what.length);
        return result.put(bytes, 0, at)
                .put(what)
                .put(bytes, at, bytes.length - at)
                .array();
    }

    @Test
    void compressesWhatGetsSmaller() {
        put(TestSources.bytes(
                "the same words again and again ".repeat(20_000).getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        assertThat(fixture.bytes("pack/")).isLessThan(20_000);
    }

    @Test
    void readsAtAnyPosition() throws IOException {
        byte[] bytes = TestBodies.noise(LARGE, 3);
        Sha256 digest = put(TestSources.bytes(bytes)).digest();
        try (SeekableByteChannel channel = contents.channel(digest)) {
            assertThat(channel.size()).isEqualTo(LARGE);
            for (int at : new int[] {0, LARGE - 10, 3 * MIB, 3 * MIB + 7, 5, LARGE - 1}) {
                ByteBuffer target = ByteBuffer.allocate(1_000);
                int n = channel.position(at).read(target);
                assertThat(n).isEqualTo(Math.min(1_000, LARGE - at));
                assertThat(Arrays.copyOf(target.array(), n)).isEqualTo(Arrays.copyOfRange(bytes, at, at + n));
            }
            assertThat(channel.position(LARGE).read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
    }

    @Test
    void readsManyAtOnceWhateverTheirOrder() {
        Map<Sha256, byte[]> wanted = new HashMap<>();
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            for (int i = 0; i < 300; i++) {
                byte[] bytes = TestBodies.noise(i * 37, i);
                wanted.put(writer.put(TestSources.bytes(bytes)).digest(), bytes);
            }
            byte[] large = TestBodies.noise(LARGE, 9);
            wanted.put(writer.put(TestSources.bytes(large)).digest(), large);
            writer.flush();
        }
        List<Sha256> order = new ArrayList<>(wanted.keySet());
        order.addAll(wanted.keySet());
        Map<Sha256, byte[]> given = Collections.synchronizedMap(new HashMap<>());

        fixture.open()
                .readAll(
                        order,
                        (digest, size, in) -> {
                            byte[] bytes = in.readAllBytes();
                            assertThat(size).isEqualTo(bytes.length);
                            assertThat(given.put(digest, bytes)).isNull();
                        },
                        new Cancellation());

        assertThat(given).hasSameSizeAs(wanted);
        wanted.forEach((digest, bytes) -> assertThat(given.get(digest)).isEqualTo(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, LARGE})
    void findsAFlippedBit(int size) throws IOException {
        Sha256 digest = put(TestSources.bytes(TestBodies.noise(size, size))).digest();
        String pack = fixture.keys("pack/").get(0);
        fixture.flip(pack, fixture.firstBlob(pack) + size / 2);
        Path target = Files.writeString(files.resolve("target"), "old");

        assertDamaged(digest, contents.open(digest));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents.verify(digest))
                .withMessageContaining(digest.hex());
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents.copyTo(digest, target, new Cancellation()))
                .withMessageContaining(digest.hex());
        assertThat(target).hasContent("old");
        assertThat(namesIn(files)).containsExactly("target");
        assertThat(damage()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1_000, LARGE})
    void mendsADamagedPackWhenTheSameIsPutAgain(int size) throws IOException {
        byte[] bytes = TestBodies.noise(size, size);
        Sha256 digest = use(bytes);
        String pack = fixture.keys("pack/").get(0);
        fixture.flip(pack, fixture.firstBlob(pack) + size / 2);
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> contents.verify(digest));

        assertThat(put(TestSources.bytes(bytes)).added()).isTrue();

        contents.verify(digest);
        fixture.open().verify(digest);
        assertThat(damage()).isZero();
        assertThat(fixture.metadata.<Integer>read(
                        tx -> tx.content().packsOf(OWNER).size()))
                .as("who needed the damaged pack needs the other one as well")
                .isEqualTo(2);
    }

    /** Writers that know nothing of each other store the same bytes in two packs, whose owners differ. */
    @Test
    void mendsForTheOwnersOfEveryDamagedPack() throws IOException {
        byte[] bytes = TestBodies.noise(1_000, 1);
        ContentOwner other = new ContentOwner(ContentOwner.Kind.RUN, "another");
        try (ContentWriter one = contents.writer(new Cancellation());
                ContentWriter two = fixture.open().writer(new Cancellation())) {
            for (ContentWriter writer : List.of(one, two)) {
                writer.put(TestSources.bytes(bytes));
                writer.flush();
            }
            fixture.metadata.transaction(tx -> {
                one.use(tx, OWNER);
                two.use(tx, other);
                return 0;
            });
        }
        for (String pack : fixture.keys("pack/")) {
            fixture.flip(pack, fixture.firstBlob(pack) + 10);
        }
        PackContentStore reader = fixture.open();
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> reader.verify(Sha256.of(bytes)));
        assertThat(damage()).isEqualTo(2);

        TestSources.put(reader, TestSources.bytes(bytes));

        assertThat(damage()).isZero();
        Set<String> mender = fixture.metadata.<Set<String>>read(tx -> {
            Set<String> common = new HashSet<>(tx.content().packsOf(OWNER));
            common.retainAll(tx.content().packsOf(other));
            return common;
        });
        assertThat(mender).as("the pack that both need now").hasSize(1);
        collectAll();
        fixture.open().verify(Sha256.of(bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, LARGE})
    void mendsAMissingPackWhenTheSameIsPutAgain(int size) throws IOException {
        byte[] bytes = TestBodies.noise(size, size);
        Sha256 digest = use(bytes);
        fixture.objects.delete(fixture.keys("pack/").get(0));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents.verify(digest))
                .withMessageContaining("missing");

        put(TestSources.bytes(bytes));

        contents.verify(digest);
    }

    @Test
    void findsATruncatedPack() throws IOException {
        Sha256 digest = put(TestSources.bytes(TestBodies.noise(LARGE, 1))).digest();
        fixture.cut(fixture.keys("pack/").get(0), 1_000_000);

        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> contents.verify(digest))
                .withMessageContaining(digest.hex());
    }

    @Test
    void sharesWhatWasPutWithOtherProcesses() throws IOException {
        PackContentStore other = fixture.open();
        assertThat(other.contains(Sha256.of(new byte[0]))).isFalse();

        byte[] bytes = TestBodies.noise(LARGE, 1);
        Sha256 digest = put(TestSources.bytes(bytes)).digest();

        assertThat(read(other.open(digest))).isEqualTo(bytes);
        assertThat(TestSources.put(other, TestSources.bytes(bytes)).added()).isFalse();
    }

    @Test
    void findsEverythingThroughManyIndexesAndWithoutThem() throws IOException {
        List<Sha256> digests = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            digests.add(put(TestSources.bytes(TestBodies.noise(100 + i, i))).digest());
        }
        int indexes =
                fixture.metadata.<Integer>read(tx -> tx.content().indexes().size());
        assertThat(indexes).isBetween(1, 17);

        PackContentStore fresh = fixture.open();
        digests.forEach(fresh::verify);

        List<String> keys = fixture.keys("index/");
        for (int i = 0; i < keys.size(); i++) {
            if (i % 2 == 0) {
                fixture.flip(keys.get(i), 200);
            } else {
                fixture.objects.delete(keys.get(i));
            }
        }
        PackContentStore without = fixture.open();
        digests.forEach(without::verify);
    }

    @Test
    void indexesAreCopiedWhereTheObjectsAreNoFiles() throws IOException {
        PackContentStore remote = fixture.open(new RemoteObjects(fixture.objects), Runnable::run, 1);
        List<Sha256> digests = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            digests.add(TestSources.put(remote, TestSources.bytes(TestBodies.noise(100 + i, i)))
                    .digest());
        }
        PackContentStore fresh = fixture.open(new RemoteObjects(fixture.objects), Runnable::run, 1);
        digests.forEach(fresh::verify);
        List<String> folders = namesIn(directory.resolve("index"));
        assertThat(folders).hasSize(1);
        Path folder = directory.resolve("index").resolve(folders.get(0));
        List<String> copies = namesIn(folder);
        assertThat(copies).isNotEmpty().allMatch(name -> name.endsWith(".index"));

        Files.writeString(folder.resolve(copies.get(0)), "damaged");
        PackContentStore again = fixture.open(new RemoteObjects(fixture.objects), Runnable::run, 1);
        digests.forEach(again::verify);
    }

    @Test
    void saysThatSomethingReusedWasCollectedMeanwhile() {
        byte[] bytes = TestBodies.noise(1_000, 1);
        put(TestSources.bytes(bytes));
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            assertThat(writer.reuse(Sha256.of(bytes))).isPresent();
            writer.flush();
            collectAll();

            assertThatExceptionOfType(ConflictException.class)
                    .isThrownBy(() -> fixture.metadata.transaction(tx -> {
                        writer.use(tx, OWNER);
                        return 0;
                    }))
                    .withMessageContaining("put the contents again");
        }
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            assertThat(writer.reuse(Sha256.of(bytes))).isEmpty();
            assertThat(writer.put(TestSources.bytes(bytes)).added()).isTrue();
        }
    }

    @Test
    void bringsBackWhatIsCondemnedButNotGone() {
        byte[] bytes = TestBodies.noise(1_000, 1);
        put(TestSources.bytes(bytes));
        fixture.metadata.transaction(tx -> tx.content().condemn());
        Sha256 digest = use(bytes);
        collectAll();

        contents.verify(digest);
        assertThat(fixture.keys("pack/")).hasSize(1);
    }

    @Test
    void protectsWhatAWriterHasNotFinished() {
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            Stored stored = writer.put(TestSources.bytes(TestBodies.noise(1_000, 1)));
            writer.flush();
            collectAll();
            fixture.metadata.transaction(tx -> {
                writer.use(tx, OWNER);
                return 0;
            });
            contents.verify(stored.digest());
        }
    }

    @Test
    void leavesNothingOfAClosedWriterThatNobodyNeeds() {
        put(TestSources.bytes(TestBodies.noise(1_000, 1)));
        collectAll();

        assertThat(fixture.metadata.<Long>read(
                        tx -> (long) tx.content().packsAfter(0, 10).size()))
                .isZero();
    }

    @Test
    void storesNothingBeforeAPackIsFullOrFlushed() {
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            writer.put(TestSources.bytes(TestBodies.noise(1_000, 1)));
            assertThat(fixture.keys("pack/")).isEmpty();
        }
        assertThat(fixture.keys("pack/")).isEmpty();
    }

    @Test
    void copiesOnlyWhatIsMissing(@TempDir Path elsewhere) throws IOException {
        byte[] bytes = TestBodies.noise(20 * MIB, 1);
        byte[] changed = insert(bytes, 10 * MIB, new byte[] {1, 2, 3});
        Sha256 digest = put(TestSources.bytes(changed)).digest();
        try (PackStoreFixture target = new PackStoreFixture(elsewhere)) {
            PackContentStore there = target.open();
            TestSources.put(there, TestSources.bytes(bytes));
            try (ContentWriter writer = there.writer(new Cancellation())) {
                Stored copied = writer.copy(contents, digest);
                assertThat(copied.digest()).isEqualTo(digest);
                assertThat(copied.newBytes()).isBetween(64L * 1024, 2L * MIB);
                writer.flush();
                assertThat(writer.storedBytes()).isLessThan(2 * MIB);
            }
            there.verify(digest);
        }
    }

    /** A file that holds the very bytes of a list of chunks is not taken for one. */
    @Test
    void tellsListsAndFilesWithTheirBytesApart() throws IOException {
        Sha256 large = put(TestSources.bytes(TestBodies.noise(LARGE, 1))).digest();
        byte[] list = contents.reader().read(dev.mlops.core.pack.BlobId.of(large));

        Sha256 digest = put(ContentSource.of("list", ObjectBody.of(list))).digest();

        assertThat(read(contents.open(digest))).isEqualTo(list);
        assertThat(contents.size(digest)).isEqualTo(list.length);
    }

    @Test
    void refusesAParallelismBelowOne() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> fixture.open(fixture.objects, Runnable::run, 0));
    }

    private Sha256 use(byte[] bytes) {
        try (ContentWriter writer = contents.writer(new Cancellation())) {
            Sha256 digest = writer.put(TestSources.bytes(bytes)).digest();
            writer.flush();
            fixture.metadata.transaction(tx -> {
                writer.use(tx, OWNER);
                return 0;
            });
            return digest;
        }
    }

    private void collectAll() {
        fixture.metadata.transaction(tx -> tx.content().condemn());
        fixture.metadata.transaction(tx -> {
            List<String> dead = tx.content().bury(Duration.ZERO, 1_000).stream()
                    .map(pack -> pack.id())
                    .toList();
            tx.content().forgetPacks(dead);
            return 0;
        });
    }

    private int damage() {
        return fixture.metadata.<Integer>read(tx -> tx.content().damage().size());
    }

    private static void assertDamaged(Sha256 digest, InputStream stream) throws IOException {
        try (InputStream in = stream) {
            assertThatIOException()
                    .isThrownBy(in::readAllBytes)
                    .withMessageContaining(digest.hex())
                    .withCauseInstanceOf(IntegrityException.class);
        }
    }
}
