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
        Object samples = image.newSamples(width, height, channels);
        for (int y = 0; y < height; y++) {
            int from = ((top + y) * image.width() + left) * channels;
            System.arraycopy(image.raw(), from, samples, y * width * channels, width * channels);
        }
        return Pixels.owning(samples, width, height, channels);
    }
}
