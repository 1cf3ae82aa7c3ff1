package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

class IndexPropertyTest {
    private static final List<String> PACKS = List.of(
            PackObjects.id(-1).hex(),
            PackObjects.id(-2).hex(),
            PackObjects.id(-3).hex());

    private Path file;

    @BeforeProperty
    void makeFile() throws IOException {
        file = Files.createTempFile("blobs", ".index");
    }

    @AfterProperty
    void deleteFile() throws IOException {
        Files.delete(file);
    }

    /** Ids of which many share their first bytes, as an attacker could make them. */
    private static BlobId id(Random random, boolean alike) {
        BlobId id = PackObjects.id(random.nextInt(2000));
        return alike ? new BlobId(5L << 56, random.nextInt(3), 0, random.nextInt(300)) : id;
    }

    private static Map<BlobId, Integer> fill(BlobTable table, Random random, int count, boolean alike) {
        Map<BlobId, Integer> expected = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            BlobId id = id(random, alike && i % 2 == 0);
            int raw = random.nextInt(1000);
            expected.put(id, raw);
            long slot = table.put(id, raw % 2 == 0 ? BlobKind.DATA : BlobKind.LIST, raw % 3, 8 + raw, raw / 2, raw);
            assertThat(table.find(id)).isEqualTo(slot);
        }
        return expected;
    }

    @Property(tries = 60)
    void tableAndIndexFindWhatWasPut(
            @ForAll long seed, @ForAll @IntRange(max = 3000) int count, @ForAll boolean alike) {
        BlobTable table = new BlobTable();
        Random random = new Random(seed);
        Map<BlobId, Integer> expected = fill(table, random, count, alike);
        assertThat(table.size()).isEqualTo(expected.size());
        assertThat(Arrays.stream(table.sortedSlots()).mapToObj(table::id).toList())
                .containsExactlyElementsOf(expected.keySet());

        WrittenIndex written = IndexWriter.write(file, table, PACKS);
        try (BlobIndex index = BlobIndex.open(file, written.id())) {
            assertThat(index.blobs()).isEqualTo(written.blobs()).isEqualTo(expected.size());
            assertThat(index.packs()).isEqualTo(3);
            assertThat(index.packId(2)).isEqualTo(PACKS.get(2));
            expected.forEach((id, raw) -> {
                long slot = table.find(id);
                long ordinal = index.find(id);
                assertThat(index.id(ordinal)).isEqualTo(id).isEqualTo(table.id(slot));
                assertThat(index.pack(ordinal)).isEqualTo(raw % 3).isEqualTo(table.pack(slot));
                assertThat(index.offset(ordinal)).isEqualTo(8 + raw).isEqualTo(table.offset(slot));
                assertThat(index.storedLength(ordinal)).isEqualTo(raw / 2).isEqualTo(table.storedLength(slot));
                assertThat(index.rawLength(ordinal)).isEqualTo(raw).isEqualTo(table.rawLength(slot));
                assertThat(index.kind(ordinal)).isEqualTo(table.kind(slot));
                assertThat(index.nextCopy(ordinal)).isEqualTo(-1);
            });
            for (int i = 0; i < 100; i++) {
                BlobId absent = PackObjects.id(3000 + random.nextInt(100_000));
                assertThat(index.find(absent)).isEqualTo(-1);
                assertThat(table.find(absent)).isEqualTo(-1);
            }
            assertThat(index.find(new BlobId(0, 0, 0, 0))).isEqualTo(-1);
            assertThat(index.find(new BlobId(-1, -1, -1, -1))).isEqualTo(-1);
            assertThat(index.find(new BlobId(5L << 56, 1, 0, 4000))).isEqualTo(-1);
        }
    }

    @Property(tries = 40)
    void aMergeKeepsEveryCopyInAKeptPackTheLatestFirst(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int many, @ForAll boolean alike) throws IOException {
        Random random = new Random(seed);
        List<BlobIndex> indexes = new ArrayList<>();
        Map<BlobId, List<String>> expected = new TreeMap<>();
        for (int i = 0; i < many; i++) {
            BlobTable table = new BlobTable();
            Map<BlobId, Integer> blobs = fill(table, random, random.nextInt(800), alike);
            List<String> packs =
                    List.of(PACKS.get(0), PACKS.get(1), PackObjects.id(-10 - i).hex());
            indexes.add(read(IndexWriter.write(file, table, packs)));
            blobs.forEach((id, raw) -> {
                String pack = packs.get(raw % 3);
                if (!pack.equals(PACKS.get(1))) {
                    List<String> copies = expected.computeIfAbsent(id, none -> new ArrayList<>());
                    copies.remove(pack);
                    copies.add(0, pack);
                }
            });
        }
        WrittenIndex written = IndexWriter.merge(file, indexes, pack -> !pack.equals(PACKS.get(1)));
        assertThat(written.packIds()).hasSize(many + 1).doesNotContain(PACKS.get(1));
        try (BlobIndex merged = read(written)) {
            assertThat(merged.blobs())
                    .isEqualTo(expected.values().stream().mapToInt(List::size).sum());
            expected.forEach((id, packs) -> {
                List<String> found = new ArrayList<>();
                for (long at = merged.find(id); at >= 0; at = merged.nextCopy(at)) {
                    found.add(merged.packId(merged.pack(at)));
                }
                assertThat(found).isEqualTo(packs);
            });
        }
    }

    private BlobIndex read(WrittenIndex written) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize((int) written.bytes());
        return BlobIndex.of(bytes, written.id());
    }

    @Property(tries = 300)
    void aChangedOrCutIndexIsRefused(
            @ForAll @IntRange(max = 100_000) int position, @ForAll @IntRange(min = 1, max = 255) int flip)
            throws IOException {
        WrittenIndex written = IndexWriter.write(file, someBlobs(), PACKS);
        byte[] bytes = Files.readAllBytes(file);
        byte[] changed = bytes.clone();
        changed[position % bytes.length] ^= (byte) flip;
        refused(changed, written.id());
        refused(Arrays.copyOf(bytes, position % bytes.length), written.id());
        BlobIndex.check(new ByteArrayInputStream(bytes), bytes.length, written.id());
        for (int size : List.of(position % bytes.length, bytes.length + 1)) {
            assertThatExceptionOfType(IntegrityException.class)
                    .isThrownBy(() -> BlobIndex.check(
                            new ByteArrayInputStream(Arrays.copyOf(bytes, size)), bytes.length, written.id()));
        }
        refused(bytes, PackObjects.id(1).hex());
    }

    /** Someone who can write objects can name them by their digest: then the parts themselves must be refused. */
    @Property(tries = 500)
    void aForgedIndexIsRefusedOrSound(@ForAll @IntRange(max = 100_000) int position, @ForAll int value)
            throws IOException {
        IndexWriter.write(file, someBlobs(), PACKS);
        byte[] bytes = Files.readAllBytes(file);
        int body = bytes.length - IndexLayout.DIGEST;
        BigEndian.putInt(bytes, position % (body / 4) * 4, value);
        byte[] digest = Sha256.newDigest().digest(Arrays.copyOf(bytes, body));
        System.arraycopy(digest, 0, bytes, body, digest.length);
        try (BlobIndex index = BlobIndex.of(bytes, BlobId.ofDigest(digest).hex())) {
            for (long i = 0; i < index.blobs(); i++) {
                assertThat(index.find(index.id(i))).isEqualTo(i);
                assertThat(index.pack(i)).isBetween(0, index.packs() - 1);
                assertThat(index.rawLength(i)).isBetween(index.storedLength(i), StoreFormat.MAX_BLOB);
            }
        } catch (IntegrityException refused) {
            assertThat(refused).hasMessageContaining("index");
        }
    }

    private static BlobTable someBlobs() {
        BlobTable table = new BlobTable();
        for (int i = 0; i < 20; i++) {
            table.put(PackObjects.id(i), BlobKind.DATA, i % 3, 8 + i, 5, 9);
        }
        return table;
    }

    private static void refused(byte[] bytes, String id) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> BlobIndex.of(bytes, id))
                .withMessageContaining(id);
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> BlobIndex.check(new ByteArrayInputStream(bytes), bytes.length, id))
                .withMessageContaining(id);
    }

    @Example
    void anIndexOfNothingIsAnIndex() {
        WrittenIndex written = IndexWriter.merge(file, List.of(), pack -> true);
        try (BlobIndex index = BlobIndex.open(file, written.id())) {
            assertThat(index.blobs()).isZero();
            assertThat(index.packs()).isZero();
            assertThat(index.find(PackObjects.id(1))).isEqualTo(-1);
        }
    }

    @Example
    void aBlobInAPackThatIsNotNamedIsNotWritten() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> IndexWriter.write(file, someBlobs(), PACKS.subList(0, 2)));
    }

    @Example
    void aClosedIndexAnswersNothing() {
        WrittenIndex written = IndexWriter.write(file, someBlobs(), PACKS);
        BlobIndex index = BlobIndex.open(file, written.id());
        index.close();
        index.close();
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> index.find(PackObjects.id(1)));
    }
}
