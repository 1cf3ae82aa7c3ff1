package dev.mlops.onnx.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImagesTest {
    private static Pixels numbered(int width, int height, int channels) {
        byte[] samples = new byte[width * height * channels];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) i;
        }
        return Pixels.bytes(samples, width, height, channels);
    }

    @Test
    void cropTakesThePart() {
        assertThat(Images.crop(1, 2, 2, 1).apply(numbered(4, 3, 2)))
                .isEqualTo(Pixels.bytes(new byte[] {18, 19, 20, 21}, 2, 1, 2));
        assertThatThrownBy(() -> Images.crop(3, 0, 2, 1).apply(numbered(4, 3, 2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'crop'")
                .hasMessageContaining("2x1 at 3,0")
                .hasMessageContaining("4x3x2");
        assertThatThrownBy(() -> Images.crop(Integer.MAX_VALUE, 0, 2, 1).apply(numbered(4, 3, 2)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Images.crop(-1, 0, 2, 1).apply(numbered(4, 3, 2)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void centerCropHalvesWhatIsLeftOver() {
        assertThat(Images.centerCrop(2, 1).apply(numbered(4, 3, 1)))
                .isEqualTo(Pixels.bytes(new byte[] {5, 6}, 2, 1, 1));
        // 0.5 is rounded to 0 and 1.5 to 2, as by Python's round.
        assertThat(Images.centerCrop(1, 1).apply(numbered(2, 1, 1))).isEqualTo(Pixels.bytes(new byte[] {0}, 1, 1, 1));
        assertThat(Images.centerCrop(1, 1).apply(numbered(4, 1, 1))).isEqualTo(Pixels.bytes(new byte[] {2}, 1, 1, 1));
        assertThatThrownBy(() -> Images.centerCrop(5, 1).apply(numbered(4, 3, 1)))
                .hasMessageContaining("stage 'center-crop'");
    }

    @Test
    void grayIsTheLumaThatPillowMakes() {
        byte[] samples = new byte[24];
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (byte) (i * i * 53 + 7);
        }
        assertThat(Images.gray().apply(Pixels.bytes(samples, 4, 2, 3)))
                .isEqualTo(Pixels.bytes(new byte[] {62, 125, 71, (byte) 173, 84, 76, (byte) 148, 76}, 4, 2, 1));
        assertThat(Images.gray()
                        .apply(Pixels.floats(new float[] {1, 10, 100}, 1, 1, 3))
                        .floats())
                .containsExactly(0.299f + 5.87f + 11.4f);
        assertThatThrownBy(() -> Images.gray().apply(numbered(1, 1, 2))).hasMessageContaining("1 or 3 channels");
    }

    @Test
    void channelsAreMadeAndTurnedRound() {
        assertThat(Images.rgb().apply(numbered(2, 1, 1)).bytes()).containsExactly(0, 0, 0, 1, 1, 1);
        assertThat(Images.swapRedAndBlue().apply(numbered(2, 1, 3)).bytes()).containsExactly(2, 1, 0, 5, 4, 3);
        assertThatThrownBy(() -> Images.rgb().apply(numbered(2, 1, 4))).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void divideAndNormaliseMakeFloats() {
        Pixels image = Pixels.bytes(new byte[] {0, 51, (byte) 255}, 1, 1, 3);

        Pixels unit = Images.divide(255).apply(image);

        assertThat(unit.floats()).containsExactly(0, 0.2f, 1);
        assertThat(Images.normalise(new float[] {0.5f, 0.2f, 0}, new float[] {0.5f, 1, 2})
                        .apply(unit)
                        .floats())
                .containsExactly(-1, 0, 0.5f);
    }

    @Test
    void normaliseRefusesWhatFitsNoImage() {
        assertThatThrownBy(() -> Images.normalise(new float[] {0}, new float[] {0}))
                .hasMessageContaining("deviation not 0");
        assertThatThrownBy(() -> Images.normalise(new float[] {0, 1}, new float[] {1}))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Images.normalise(new float[] {Float.NaN}, new float[] {1}))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Images.divide(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(
                        () -> Images.normalise(new float[] {0}, new float[] {1}).apply(numbered(1, 1, 3)))
                .hasMessageContaining("stage 'normalise'")
                .hasMessageContaining("1 channels");
    }

    @Test
    void imagesBecomeOneTensorInEitherLayout() {
        List<Pixels> images = List.of(numbered(2, 1, 3), Images.swapRedAndBlue().apply(numbered(2, 1, 3)));

        assertThat(Images.floats(Layout.NCHW).apply(images))
                .isEqualTo(Tensor.floats(new float[] {0, 3, 1, 4, 2, 5, 2, 5, 1, 4, 0, 3}, 2, 3, 1, 2));
        assertThat(Images.floats(Layout.NHWC).apply(images))
                .isEqualTo(Tensor.floats(new float[] {0, 1, 2, 3, 4, 5, 2, 1, 0, 5, 4, 3}, 2, 1, 2, 3));
        assertThat(Images.rows().apply(images))
                .isEqualTo(Tensor.floats(new float[] {0, 1, 2, 3, 4, 5, 2, 1, 0, 5, 4, 3}, 2, 6));
        assertThat(Images.unsignedBytes(Layout.NCHW).apply(images.subList(0, 1)))
                .isEqualTo(Tensor.unsignedBytes(new byte[] {0, 3, 1, 4, 2, 5}, 1, 3, 1, 2));
    }

    @Test
    void imagesOfDifferentSizesAreNoTensor() {
        assertThatThrownBy(() -> Images.floats(Layout.NCHW).apply(List.of(numbered(2, 1, 3), numbered(1, 2, 3))))
                .hasMessageContaining("images[1]")
                .hasMessageContaining("2x1x3");
        assertThatThrownBy(() -> Images.floats(Layout.NCHW).apply(List.of())).hasMessageContaining("one at least");
        assertThatThrownBy(() -> Images.unsignedBytes(Layout.NCHW)
                        .apply(List.of(Images.divide(2).apply(numbered(1, 1, 1)))))
                .hasMessageContaining("has no bytes");
    }

    @Test
    void pixelsAreCheckedAndCopied() {
        byte[] samples = {1, 2};
        Pixels image = Pixels.bytes(samples, 2, 1, 1);
        samples[0] = 9;
        image.bytes()[1] = 9;

        assertThat(image.bytes()).containsExactly(1, 2);
        assertThat(image.sample(1, 0, 0)).isEqualTo(2);
        assertThatThrownBy(() -> image.sample(2, 0, 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Pixels.bytes(samples, 1, 1, 1)).hasMessageContaining("1x1x1");
        assertThatThrownBy(() -> Pixels.bytes(samples, -2, -1, 1)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Pixels.floats(new float[0], 1 << 20, 1 << 20, 1))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void letterboxPutsBarsAroundAndKnowsTheWayBack() {
        Letterboxed boxed = new Letterbox(4, 4, 7, Resampling.BILINEAR).apply(numbered(8, 4, 1));

        assertThat(boxed.image().width()).isEqualTo(4);
        assertThat(boxed.image().bytes()).startsWith(7, 7, 7, 7).endsWith(7, 7, 7, 7);
        // Each pixel is the mean of four.
        assertThat(boxed.image().sample(0, 1, 0)).isEqualTo(5);
        assertThat(boxed.top()).isEqualTo(1);
        assertThat(boxed.originalX(2)).isEqualTo(4);
        assertThat(boxed.originalY(1)).isEqualTo(0);
        assertThat(boxed.originalY(3)).isEqualTo(4);
        assertThat(Letterbox.of(3, 3).apply(numbered(200, 1, 1)).height()).isEqualTo(1);
        // 2.5 is rounded to 2 and 3.5 to 4, as by Python's round.
        assertThat(Letterbox.of(4, 4).apply(numbered(8, 5, 1)).height()).isEqualTo(2);
        assertThat(Letterbox.of(4, 4).apply(numbered(8, 7, 1)).height()).isEqualTo(4);
        assertThatThrownBy(() -> new Letterbox(4, 4, 256, Resampling.BILINEAR)).hasMessageContaining("0 to 255");
    }
}
