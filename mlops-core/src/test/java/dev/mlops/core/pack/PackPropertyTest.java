package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class PackPropertyTest {
    private static final StoreFormat FORMAT = new StoreFormat(64, 256, 4096, 1 << 20, 1);
    private static final BlobCodec CODEC = new BlobCodec(FORMAT);
    private static PackObjects objects;

    @BeforeContainer
    static void open() throws IOException {
        objects = new PackObjects();
    }

    @AfterContainer
    static void close() throws IOException {
        objects.close();
        CODEC.close();
    }

    private static FinishedPack pack(List<byte[]> blobs) {
        PackBuilder builder = new PackBuilder(FORMAT, CODEC);
        for (byte[] blob : blobs) {
            BlobKind kind = blob.length % 2 == 0 ? BlobKind.DATA : BlobKind.LIST;
            builder.add(PackObjects.idOf(blob), kind, blob, 0, blob.length, true);
        }
        return builder.finish();
    }

    @Property(tries = 50)
    void aPackGivesBackWhatWasAdded(@ForAll @Size(min = 1, max = 20) List<byte[]> blobs) {
        FinishedPack pack = pack(blobs);
        byte[] bytes = PackObjects.bytes(pack);
        List<PackEntry> entries = objects.readDamaged(pack.id(), bytes);
        assertThat(entries).isEqualTo(pack.entries()).hasSameSizeAs(blobs);
        for (int i = 0; i < blobs.size(); i++) {
            PackEntry entry = entries.get(i);
            assertThat(entry.id()).isEqualTo(PackObjects.idOf(blobs.get(i)));
            assertThat(CODEC.decode(bytes, entry.offset(), entry.storedLength(), entry.rawLength()))
                    .isEqualTo(blobs.get(i));
        }
    }

    @Property(tries = 150)
    void aChangedOrCutFooterIsRefused(
            @ForAll @IntRange(max = 10_000) int position, @ForAll @IntRange(min = 1, max = 255) int flip) {
        FinishedPack pack = pack(List.of(new byte[9], new byte[300], TestBodies.noise(40, 1)));
        byte[] bytes = PackObjects.bytes(pack);
        PackEntry last = pack.entries().get(2);
        int footerAt = last.offset() + last.storedLength();
        byte[] changed = bytes.clone();
        changed[footerAt + position % (bytes.length - footerAt)] ^= (byte) flip;
        assertThat(isRefused(pack.id(), changed)).isTrue();
        assertThat(isRefused(pack.id(), Arrays.copyOf(bytes, position % bytes.length)))
                .isTrue();
    }

    /** Someone who can write objects can name them by their digest: then the entries themselves must be refused. */
    @Property(tries = 150)
    void aForgedFooterIsRefusedOrWithinThePack(
            @ForAll @IntRange(max = 3) int field, @ForAll @IntRange(max = 2) int entry, @ForAll int value) {
        FinishedPack pack = pack(List.of(new byte[9], new byte[300], TestBodies.noise(40, 1)));
        byte[] bytes = PackObjects.bytes(pack);
        int footerLength = BigEndian.intAt(bytes, bytes.length - 12);
        int footerAt = bytes.length - 12 - footerLength;
        int at = field == 3 ? bytes.length - 16 : footerAt + entry * 44 + 32 + field * 4;
        BigEndian.putInt(bytes, at, value);
        String id = Sha256.of(Arrays.copyOfRange(bytes, footerAt, bytes.length - 12))
                .hex();
        if (!isRefused(id, bytes)) {
            assertThat(objects.readDamaged(id, bytes))
                    .allMatch(e -> e.offset() >= 8 && e.offset() + e.storedLength() <= footerAt)
                    .allMatch(e -> e.rawLength() >= e.storedLength() && e.rawLength() <= StoreFormat.MAX_BLOB);
        }
    }

    @Property(tries = 200)
    void aForgedTrailerIsRefused(@ForAll int length) {
        FinishedPack pack = pack(List.of(new byte[9]));
        byte[] bytes = PackObjects.bytes(pack);
        if (length != BigEndian.intAt(bytes, bytes.length - 12)) {
            BigEndian.putInt(bytes, bytes.length - 12, length);
            assertThat(isRefused(pack.id(), bytes)).isTrue();
        }
    }

    private static boolean isRefused(String id, byte[] bytes) {
        try {
            objects.readDamaged(id, bytes);
            return false;
        } catch (IntegrityException e) {
            assertThat(e).hasMessageContaining(id);
            return true;
        }
    }
}
