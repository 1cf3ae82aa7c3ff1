package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;

/** Cuts parts out of images. */
final class Crop {
    private Crop() {}

    static Pixels crop(Pixels image, int left, int top, int width, int height) {
        if (left < 0 || top < 0 || (long) left + width > image.width() || (long) top + height > image.height()) {
            throw new InvalidInputException(
                    "crop", "%dx%d at %d,%d".formatted(width, height, left, top), "is not within the image, " + image);
        }
        int channels = image.channels();
        int length = Pixels.length(width, height, channels);
        Object samples = image.areBytes() ? new byte[length] : new float[length];
        for (int y = 0; y < height; y++) {
            int from = ((top + y) * image.width() + left) * channels;
            System.arraycopy(image.raw(), from, samples, y * width * channels, width * channels);
        }
        return samples instanceof byte[] bytes
                ? Pixels.owning(bytes, width, height, channels)
                : Pixels.owning((float[]) samples, width, height, channels);
    }
}
