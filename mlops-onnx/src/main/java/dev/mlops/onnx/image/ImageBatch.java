package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import java.util.List;

/** Images of one size as a tensor. */
final class ImageBatch {
    private final List<Pixels> images;
    private final Layout layout;
    private final int pixels;
    private final int channels;
    private final long[] shape;

    ImageBatch(List<Pixels> images, Layout layout) {
        if (images.isEmpty()) {
            throw new InvalidInputException("images", images, "must be one at least");
        }
        this.images = images;
        this.layout = layout;
        Pixels first = images.get(0);
        pixels = first.width() * first.height();
        channels = first.channels();
        shape = layout == Layout.NCHW
                ? new long[] {images.size(), channels, first.height(), first.width()}
                : new long[] {images.size(), first.height(), first.width(), channels};
        for (int i = 1; i < images.size(); i++) {
            check(images.get(i), i, first);
        }
    }

    private static void check(Pixels image, int index, Pixels first) {
        if (image.width() != first.width()
                || image.height() != first.height()
                || image.channels() != first.channels()
                || image.areBytes() != first.areBytes()) {
            throw new InvalidInputException("images[" + index + "]", image, "must be as the first, " + first);
        }
    }

    private int size() {
        long size = (long) images.size() * pixels * channels;
        if (size > Integer.MAX_VALUE) {
            throw new InvalidInputException("images", images.size(), "hold too many samples for one tensor");
        }
        return (int) size;
    }

    Tensor floats() {
        return floats(shape);
    }

    Tensor rows() {
        return floats(new long[] {images.size(), (long) pixels * channels});
    }

    private Tensor floats(long[] tensorShape) {
        float[] samples = new float[size()];
        int to = 0;
        for (Pixels image : images) {
            for (int i = 0; i < pixels * channels; i++) {
                samples[to++] = image.at(source(i));
            }
        }
        return Tensor.floats(samples, tensorShape);
    }

    Tensor unsignedBytes() {
        byte[] samples = new byte[size()];
        int to = 0;
        for (Pixels image : images) {
            byte[] bytes = image.rawBytes();
            for (int i = 0; i < bytes.length; i++) {
                samples[to++] = bytes[source(i)];
            }
        }
        return Tensor.unsignedBytes(samples, shape);
    }

    /** Where in an image the sample is that is at place {@code i} of the tensor. */
    private int source(int i) {
        return layout == Layout.NHWC ? i : i % pixels * channels + i / pixels;
    }
}
