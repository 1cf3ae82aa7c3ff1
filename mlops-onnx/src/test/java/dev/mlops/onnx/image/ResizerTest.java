package dev.mlops.onnx.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.error.InvalidInputException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The bytes and floats expected are those of Pillow 12.3, and of the formula of OpenCV and PyTorch in NumPy. */
class ResizerTest {
    private static final Pixels IMAGE = pattern(37, 11, 7, 5, 1);

    /** Samples that are all over the place. */
    private static Pixels pattern(int factor, int offset, int width, int height, int channels) {
        byte[] samples = new byte[width * height * channels];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i * i * factor + offset);
        }
        return Pixels.bytes(samples, width, height, channels);
    }

    private static Pixels floats(Pixels image) {
        return Pixels.floats(image.floats(), image.width(), image.height(), image.channels());
    }

    private static int[] samples(Pixels image) {
        int[] samples = new int[image.bytes().length];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = Byte.toUnsignedInt(image.bytes()[i]);
        }
        return samples;
    }

    private static void assertSize(Pixels image, int width, int height) {
        assertThat(image.width()).isEqualTo(width);
        assertThat(image.height()).isEqualTo(height);
    }

    @Test
    void smallerIsWhatPillowMakes() {
        assertThat(samples(Images.resize(3, 2).apply(IMAGE))).containsExactly(85, 134, 145, 144, 126, 118);
        assertThat(samples(Images.resize(7, 2).apply(IMAGE)))
                .containsExactly(47, 90, 137, 131, 140, 164, 124, 134, 189, 73, 160, 100, 136, 108);
        assertThat(samples(Images.resize(1, 1).apply(IMAGE))).containsExactly(125);
    }

    @Test
    void largerIsWhatPillowMakes() {
        int[] samples = samples(Images.resize(10, 8).apply(IMAGE));

        assertThat(samples).hasSize(80);
        assertThat(samples).startsWith(11, 31, 76, 153, 113, 89, 95, 149, 121, 63, 20, 42, 88, 167, 129, 107, 115);
        assertThat(samples).endsWith(109, 63, 91, 125, 122, 37, 167, 160, 16, 87, 76, 31);
    }

    @Test
    void channelsStayApart() {
        assertThat(samples(Images.resize(2, 3).apply(pattern(53, 7, 4, 2, 3))))
                .containsExactly(118, 69, 126, 173, 111, 46, 141, 51, 159, 122, 111, 115, 163, 33, 191, 70, 110, 184);
    }

    @Test
    void floatsAreNotRounded() {
        assertThat(Images.resize(3, 2).apply(floats(IMAGE)).floats())
                .containsExactly(
                        new float[] {85.026f, 133.9733f, 144.5584f, 144.4545f, 125.7807f, 118.2727f}, within(1e-3f));
    }

    @Test
    void bilinearTakesTwoPixelsWhateverTheSize() {
        assertThat(Images.resize(3, 2, Resampling.BILINEAR).apply(floats(IMAGE)).floats())
                .containsExactly(new float[] {54.4167f, 117.25f, 172.75f, 210.4167f, 116.25f, 142.75f}, within(1e-3f));
        Pixels corner = Images.crop(0, 0, 2, 2).apply(floats(IMAGE));
        assertThat(Images.resize(4, 3, Resampling.BILINEAR).apply(corner).floats())
                .containsExactly(
                        new float[] {11, 20.25f, 38.75f, 48, 21.5f, 31.5f, 51.5f, 61.5f, 32, 42.75f, 64.25f, 75},
                        within(1e-3f));
    }

    @Test
    void theShorterSideDecides() {
        assertSize(Images.resizeShorter(3).apply(IMAGE), 4, 3);
        assertSize(Images.resizeShorter(3).apply(pattern(1, 0, 5, 7, 1)), 3, 4);
        assertSize(Images.resizeShorter(10).apply(IMAGE), 14, 10);
    }

    @Test
    void sizesThatNoImageHasAreRefused() {
        assertThatThrownBy(() -> Images.resize(0, 3)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Images.resize(1 << 16, 1 << 16)).isInstanceOf(InvalidInputException.class);
        Pixels thread = Pixels.bytes(new byte[100_000], 100_000, 1, 1);
        assertThatThrownBy(() -> Images.resizeShorter(40_000).apply(thread))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'resize'")
                .hasMessageContaining("image size");
    }

    @Test
    void narrowImagesDoNotBecomeHuge() {
        Pixels line = Pixels.bytes(new byte[10_000], 10_000, 1, 1);
        assertThatThrownBy(() -> Images.resizeShorter(256).apply(line))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("10000x1x1")
                .hasMessageContaining("2560000x256");
        // Between the passes it would be 224 pixels wide and as high as before.
        Pixels column = Pixels.bytes(new byte[300_000], 1, 300_000, 1);
        assertThatThrownBy(() -> Images.resize(224, 224).apply(column))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("224x300000");
        assertSize(Images.resize(100, 100).apply(column), 100, 100);
    }

    @Property(tries = 200)
    void whatIsEvenStaysEven(
            @ForAll byte sample,
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll Resampling how) {
        byte[] samples = new byte[13 * 9];
        Arrays.fill(samples, sample);
        byte[] expected = new byte[width * height];
        Arrays.fill(expected, sample);

        Pixels resized = Images.resize(width, height, how).apply(Pixels.bytes(samples, 13, 9, 1));

        assertThat(resized).isEqualTo(Pixels.bytes(expected, width, height, 1));
    }
}
