package dev.mlops.core.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.github.luben.zstd.Zstd;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.testkit.object.TestBodies;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

class BlobCodecPropertyTest {
    private static final BlobCodec CODEC = new BlobCodec(StoreFormat.DEFAULTS);

    @AfterContainer
    static void close() {
        CODEC.close();
        CODEC.close();
    }

    @Property(tries = 200)
    void decodesWhatItEncoded(
            @ForAll long seed,
            @ForAll @IntRange(max = 300_000) int length,
            @ForAll @IntRange(min = 1, max = 256) int symbols,
            @ForAll boolean maybeCompressible) {
        byte[] raw = text(seed, length, symbols);
        byte[] target = new byte[length + 20];
        int stored = CODEC.encode(raw, 0, length, maybeCompressible, target, 7);
        assertThat(stored).isLessThanOrEqualTo(BlobCodec.maxStored(length)).isLessThanOrEqualTo(length);
        assertThat(Arrays.copyOf(target, 7)).containsOnly(0);
        assertThat(Arrays.copyOfRange(target, 7 + length, target.length)).containsOnly(0);
        assertThat(CODEC.decode(target, 7, stored, length)).isEqualTo(raw);
        if (stored < length) {
            byte[] longer = new byte[length + 5];
            CODEC.decodeInto(target, 7, stored, length, longer);
            assertThat(Arrays.copyOf(longer, length)).isEqualTo(raw);
            assertThat(Arrays.copyOfRange(longer, length, longer.length)).containsOnly(0);
        }
    }

    @Property(tries = 500)
    void damagedFramesAreRefusedOrGiveAsManyBytes(
            @ForAll @IntRange(max = 5000) int position,
            @ForAll @IntRange(min = 1, max = 255) int flip,
            @ForAll @IntRange(min = 1, max = 6000) int length) {
        byte[] raw = text(1, length, 3);
        byte[] stored = new byte[length];
        int size = CODEC.encode(raw, 0, length, true, stored, 0);
        byte[] changed = Arrays.copyOf(stored, size);
        changed[position % size] ^= (byte) flip;
        try {
            assertThat(CODEC.decode(changed, 0, size, length)).hasSize(length);
        } catch (IntegrityException expected) {
            assertThat(size).isLessThan(length);
        }
        assertThat(CODEC.decode(stored, 0, size, length)).isEqualTo(raw);
    }

    @Property(tries = 500)
    void noiseIsRefused(@ForAll byte[] noise, @ForAll @IntRange(min = 1) int more) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> CODEC.decode(noise, 0, noise.length, noise.length + more));
    }

    @Example
    void mediaAndNoiseAreStoredAsTheyAre() {
        byte[] zeros = new byte[100_000];
        byte[] noise = TestBodies.noise(100_000, 1);
        byte[] target = new byte[100_000];
        assertThat(CODEC.encode(zeros, 0, zeros.length, false, target, 0)).isEqualTo(zeros.length);
        assertThat(CODEC.encode(noise, 0, noise.length, true, target, 0)).isEqualTo(noise.length);
        assertThat(CODEC.encode(zeros, 0, zeros.length, true, target, 0)).isLessThan(1000);
    }

    @Example
    void aBlobThatOnlyStartsCompressibleIsNeverLonger() {
        byte[] raw = TestBodies.noise(1 << 20, 1);
        Arrays.fill(raw, 0, 4000, (byte) 0);
        byte[] target = new byte[raw.length];
        int stored = CODEC.encode(raw, 0, raw.length, true, target, 0);
        assertThat(stored).isLessThanOrEqualTo(raw.length);
        assertThat(CODEC.decode(target, 0, stored, raw.length)).isEqualTo(raw);
    }

    @Example
    void framesThatAreNotExactlyTheBlobAreRefused() {
        byte[] raw = new byte[1000];
        byte[] frame = Zstd.compress(raw);
        byte[] twice = Arrays.copyOf(frame, 2 * frame.length);
        System.arraycopy(frame, 0, twice, frame.length, frame.length);
        byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9};
        assertThat(CODEC.decode(frame, 0, frame.length, 1000)).isEqualTo(raw);
        refused(frame, 999);
        refused(frame, 1001);
        refused(frame, StoreFormat.MAX_BLOB);
        refused(frame, Integer.MAX_VALUE);
        refused(frame, -1);
        refused(twice, 1000);
        refused(twice, 2000);
        refused(skippable, 1000);
        refused(new byte[0], 1);
        refused(Arrays.copyOf(frame, frame.length - 1), 1000);
        refused(Arrays.copyOf(frame, frame.length + 1), 1000);
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> CODEC.decode(frame, 5, frame.length, 1000));
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> CODEC.decode(frame, -1, 3, 3));
        assertThatExceptionOfType(IntegrityException.class).isThrownBy(() -> CODEC.decode(frame, 0, -1, 3));
    }

    private static void refused(byte[] stored, int rawLength) {
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> CODEC.decodeInto(stored, 0, stored.length, rawLength, new byte[2000]));
        assertThatExceptionOfType(IntegrityException.class)
                .isThrownBy(() -> CODEC.decode(stored, 0, stored.length, rawLength));
    }

    private static byte[] text(long seed, int length, int symbols) {
        byte[] bytes = TestBodies.noise(length, seed);
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) ((bytes[i] & 0xff) % symbols);
        }
        return bytes;
    }
}
