package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PackTest {
    private static final StoreFormat FORMAT = new StoreFormat(64, 256, 4096, 100_000, 1);

    private final BlobCodec codec = new BlobCodec(FORMAT);
    private final PackBuilder builder = new PackBuilder(FORMAT, codec);
    private PackObjects objects;

    @BeforeEach
    void open() throws IOException {
        objects = new PackObjects();
    }

    @AfterEach
    void close() throws IOException {
        objects.close();
        codec.close();
    }

    private PackEntry add(byte[] raw) {
        return builder.add(PackObjects.idOf(raw), BlobKind.DATA, raw, 0, raw.length, true);
    }

    @Test
    void aPackGivesItsBlobsBack() {
        byte[] text = "many words, many words, ".repeat(20).getBytes(StandardCharsets.UTF_8);
        byte[] noise = TestBodies.noise(300, 1);
        PackEntry first = add(text);
        PackEntry second = builder.add(PackObjects.idOf(noise), BlobKind.LIST, noise, 0, noise.length, true);
        PackEntry empty = add(new byte[0]);
        assertThat(first.offset()).isEqualTo(8);
        assertThat(first.storedLength()).isLessThan(text.length);
        assertThat(second.storedLength()).isEqualTo(300);
        FinishedPack pack = builder.finish();
        objects.put(pack);

        assertThat(objects.read(pack.id(), pack.bytes()))
                .isEqualTo(pack.entries())
                .containsExactly(first, second, empty);
        byte[] bytes = PackObjects.bytes(pack);
        assertThat(bytes).hasSize(pack.bytes());
        assertThat(codec.decode(bytes, first.offset(), first.storedLength(), first.rawLength()))
                .isEqualTo(text);
        assertThat(codec.decode(bytes, second.offset(), second.storedLength(), 300))
                .isEqualTo(noise);
        assertThat(codec.decode(bytes, empty.offset(), 0, 0)).isEmpty();
    }

    @Test
    void aPackIsFilledToItsLastByteAndNoFurther() {
        int room = FORMAT.packBytes() - builder.bytes();
        assertThat(builder.fits(room)).isTrue();
        assertThat(builder.fits(room + 1)).isFalse();
        add(TestBodies.noise(room, 1));
        assertThat(builder.bytes()).isEqualTo(FORMAT.packBytes());
        assertThat(builder.fits(0)).isTrue();
        assertThat(builder.fits(1)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> add(new byte[1]));
        FinishedPack pack = builder.finish();
        objects.put(pack);
        assertThat(objects.read(pack.id(), pack.bytes())).hasSize(1);
    }

    @Test
    void aPackOfVeryManyBlobsHasALimitAndIsReadInTwoParts() {
        byte[] nothing = {};
        int count = 0;
        for (; builder.fits(0); count++) {
            builder.add(PackObjects.id(count), BlobKind.DATA, nothing, 0, 0, false);
        }
        assertThat(count).isEqualTo(PackLayout.MAX_ENTRIES);
        FinishedPack pack = builder.finish();
        objects.put(pack);
        List<PackEntry> entries = objects.read(pack.id(), pack.bytes());
        assertThat(entries).hasSize(count);
        assertThat(entries.get(count - 1).id()).isEqualTo(PackObjects.id(count - 1));
    }

    @Test
    void footersAroundTheSizeOfTheFirstReadAreWhole() {
        for (int count = 1486; count < 1492; count++) {
            builder.reset();
            for (int i = 0; i < count; i++) {
                builder.add(PackObjects.id(i), BlobKind.DATA, new byte[] {1}, 0, 1, false);
            }
            FinishedPack pack = builder.finish();
            objects.put(pack);
            assertThat(objects.read(pack.id(), pack.bytes())).isEqualTo(pack.entries());
        }
    }

    @Test
    void anEmptyPackIsNotFinishedNorOneTwice() {
        assertThatIllegalStateException().isThrownBy(builder::finish);
        add(new byte[1]);
        builder.finish();
        assertThatIllegalStateException().isThrownBy(builder::finish);
        assertThatIllegalStateException().isThrownBy(() -> add(new byte[1]));
        builder.reset();
        assertThat(builder.isEmpty()).isTrue();
        assertThat(add(new byte[1]).offset()).isEqualTo(8);
    }

    @Test
    void equalPacksHaveDifferentIds() {
        add(new byte[1]);
        FinishedPack first = builder.finish();
        List<PackEntry> entries = new ArrayList<>(first.entries());
        builder.reset();
        add(new byte[1]);
        FinishedPack second = builder.finish();
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(first.entries()).isEqualTo(entries);
    }

    @Test
    void aBodyCanBeReadInEveryWayAndAgain() throws IOException {
        add(TestBodies.noise(90_000, 1));
        FinishedPack pack = builder.finish();
        byte[] bytes = PackObjects.bytes(pack);
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        try (InputStream in = pack.body().open()) {
            assertThat(in.read()).isEqualTo(bytes[0]);
            assertThat(in.skip(99)).isEqualTo(99);
            assertThat(in.available()).isEqualTo(bytes.length - 100);
            assertThat(in.transferTo(copy)).isEqualTo(bytes.length - 100);
            assertThat(in.read()).isEqualTo(-1);
            assertThat(in.read(new byte[2], 0, 2)).isEqualTo(-1);
            assertThat(in.skip(1)).isZero();
        }
        assertThat(copy.toByteArray()).isEqualTo(Arrays.copyOfRange(bytes, 100, bytes.length));
        try (InputStream in = pack.body().open()) {
            assertThat(in.skip(bytes.length - 3)).isEqualTo(bytes.length - 3);
            assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, bytes.length - 3, bytes.length));
        }
    }

    @Test
    void aPackUnderAnotherIdOrOfAnotherSizeIsRefused() {
        add(new byte[50]);
        FinishedPack pack = builder.finish();
        byte[] bytes = PackObjects.bytes(pack);
        String other = PackObjects.id(1).hex();
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> objects.readDamaged(other, bytes))
                .withMessageContaining("pack/" + other.substring(0, 2) + "/" + other);
        objects.put(pack);
        for (long size : new long[] {0, 1, 83, bytes.length - 1, bytes.length + 1, 1L << 20, 1L << 40}) {
            assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> objects.read(pack.id(), size));
        }
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> objects.read(PackObjects.id(2).hex(), 1000));
    }
}
