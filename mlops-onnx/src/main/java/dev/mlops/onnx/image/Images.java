package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Stage;
import java.util.List;

/** The stages that make the input of a model out of images. Each refuses at once what can fit no image. */
public final class Images {
    private Images() {}

    /** Decodes the bytes of an image file by {@link ImageDecoder#DEFAULT}. */
    public static Stage<byte[], Pixels> decode() {
        return decode(ImageDecoder.DEFAULT);
    }

    /** Decodes the bytes of an image file. */
    public static Stage<byte[], Pixels> decode(ImageDecoder decoder) {
        return Stage.of("decode", decoder::decode);
    }

    /** Resizes to exactly this size by {@link Resampling#BILINEAR_ANTIALIASED}, whatever becomes of the proportions. */
    public static Stage<Pixels, Pixels> resize(int width, int height) {
        return resize(width, height, Resampling.BILINEAR_ANTIALIASED);
    }

    /**
     * Resizes to exactly this size, whatever becomes of the proportions. Refuses an image so long and narrow that it would
     * be huge once it is wide enough.
     */
    public static Stage<Pixels, Pixels> resize(int width, int height, Resampling how) {
        Pixels.length(width, height, 1);
        return Stage.of("resize", image -> Resizer.resize(image, width, height, how));
    }

    /** Resizes by {@link Resampling#BILINEAR_ANTIALIASED}; see {@link #resizeShorter(int, Resampling)}. */
    public static Stage<Pixels, Pixels> resizeShorter(int side) {
        return resizeShorter(side, Resampling.BILINEAR_ANTIALIASED);
    }

    /**
     * Resizes so that the shorter side has {@code side} pixels and the proportions stay, the longer one rounded down as
     * torchvision does. Refuses an image so narrow that the result would have more pixels than it has itself and {@link
     * ImageDecoder.Builder#maxPixels} is by default.
     */
    public static Stage<Pixels, Pixels> resizeShorter(int side, Resampling how) {
        Pixels.length(side, side, 1);
        return Stage.of("resize", image -> {
            int shorter = Math.min(image.width(), image.height());
            int width = longer(image.width(), side, shorter);
            int height = longer(image.height(), side, shorter);
            return Resizer.resizeBounded(image, width, height, how);
        });
    }

    private static int longer(int before, int side, int shorter) {
        return (int) Math.min((long) side * before / shorter, Integer.MAX_VALUE);
    }

    /** Cuts out a part, which must lie in the image. */
    public static Stage<Pixels, Pixels> crop(int left, int top, int width, int height) {
        Pixels.length(width, height, 1);
        return Stage.of("crop", image -> Crop.crop(image, left, top, width, height));
    }

    /**
     * Cuts out the middle, which must not be larger than the image. What is left over is halved and, if it is odd, rounded
     * to the even number, as torchvision does.
     */
    public static Stage<Pixels, Pixels> centerCrop(int width, int height) {
        Pixels.length(width, height, 1);
        return Stage.of("center-crop", image -> {
            int left = (int) Math.rint((image.width() - width) / 2.0);
            int top = (int) Math.rint((image.height() - height) / 2.0);
            return Crop.crop(image, left, top, width, height);
        });
    }

    /**
     * Makes one channel of red, green and blue: 0.299 R + 0.587 G + 0.114 B, the luma of ITU-R BT.601; of bytes with the
     * rounding of Pillow. An image of one channel stays as it is.
     */
    public static Stage<Pixels, Pixels> gray() {
        return Stage.of("gray", Channels::gray);
    }

    /** Makes three equal channels of one. An image of three channels stays as it is. */
    public static Stage<Pixels, Pixels> rgb() {
        return Stage.of("rgb", Channels::rgb);
    }

    /** Makes blue, green, red of red, green, blue, as models trained with OpenCV take it, or the other way round. */
    public static Stage<Pixels, Pixels> swapRedAndBlue() {
        return Stage.of("swap-red-and-blue", Channels::reversed);
    }

    /** Divides all samples, which makes floats of bytes: by 255 it is torchvision's {@code ToTensor}. */
    public static Stage<Pixels, Pixels> divide(float divisor) {
        if (!Float.isFinite(divisor) || divisor == 0) {
            throw new InvalidInputException("divisor", divisor, "must be finite and not 0");
        }
        return Stage.of("divide", image -> {
            float[] samples = image.floats();
            for (int i = 0; i < samples.length; i++) {
                samples[i] /= divisor;
            }
            return Pixels.owning(samples, image.width(), image.height(), image.channels());
        });
    }

    /**
     * Takes the mean from each channel and divides it by the standard deviation. Mind the scale of the samples: the means
     * of ImageNet, (0.485, 0.456, 0.406), are those of samples from 0 to 1, after {@link #divide divide(255)}.
     *
     * @param mean of each channel
     * @param deviation of each channel, as many, not 0
     */
    public static Stage<Pixels, Pixels> normalise(float[] mean, float[] deviation) {
        return Stage.of("normalise", new Normalisation(mean, deviation));
    }

    /** Makes one FLOAT tensor of images that have the same size; samples that are bytes become 0 to 255. */
    public static Stage<List<Pixels>, Tensor> floats(Layout layout) {
        return Stage.of("floats", images -> new ImageBatch(images, layout).floats());
    }

    /** Makes one UINT8 tensor of images of bytes that have the same size. */
    public static Stage<List<Pixels>, Tensor> unsignedBytes(Layout layout) {
        return Stage.of("unsigned-bytes", images -> new ImageBatch(images, layout).unsignedBytes());
    }

    /**
     * Makes one FLOAT tensor [images, samples] of images that have the same size, the samples of each in their own order,
     * as models without convolutions take them.
     */
    public static Stage<List<Pixels>, Tensor> rows() {
        return Stage.of("rows", images -> new ImageBatch(images, Layout.NHWC).rows());
    }
}
