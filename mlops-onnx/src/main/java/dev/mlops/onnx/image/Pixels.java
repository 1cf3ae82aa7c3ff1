package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import java.util.Arrays;

/**
 * An image: rows from the top, in each the pixels from the left, of each pixel its channels (HWC). The samples are bytes,
 * 0 to 255, or floats of any value. Immutable and thread-safe: arrays are copied on the way in and on the way out.
 */
public final class Pixels {
    private static final int MOST_CHANNELS = 64;

    private final int width;
    private final int height;
    private final int channels;
    private final Object samples;

    private Pixels(int width, int height, int channels, Object samples) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.samples = samples;
    }

    /**
     * An image of bytes; the byte -1 is the sample 255.
     *
     * @param samples {@code width * height * channels} of them
     * @param channels 1 to 64, such as 1 for grey and 3 for red, green, blue
     */
    public static Pixels bytes(byte[] samples, int width, int height, int channels) {
        checkSize(samples.length, width, height, channels);
        return owning(samples.clone(), width, height, channels);
    }

    /** An image of floats; otherwise as {@link #bytes(byte[], int, int, int)}. */
    public static Pixels floats(float[] samples, int width, int height, int channels) {
        checkSize(samples.length, width, height, channels);
        return owning(samples.clone(), width, height, channels);
    }

    private static void checkSize(int length, int width, int height, int channels) {
        if (length(width, height, channels) != length) {
            throw new InvalidInputException(
                    "samples", length, "must be as many as in %dx%dx%d".formatted(width, height, channels));
        }
    }

    /** The number of samples; refuses sizes that are not positive and more samples than an array holds. */
    static int length(int width, int height, int channels) {
        boolean isPositive = width > 0 && height > 0 && channels > 0;
        if (!isPositive || channels > MOST_CHANNELS || (long) width * height > Integer.MAX_VALUE / channels) {
            throw new InvalidInputException(
                    "image size",
                    "%dx%dx%d".formatted(width, height, channels),
                    "must be positive, with at most " + MOST_CHANNELS + " channels and 2^31 - 1 samples");
        }
        return width * height * channels;
    }

    /** An image over an array of bytes or floats that nobody else holds and that has the right length. */
    static Pixels owning(Object samples, int width, int height, int channels) {
        return new Pixels(width, height, channels, samples);
    }

    /** An array for an image of this size, of bytes if this one has bytes. */
    Object newSamples(int width, int height, int channels) {
        int length = length(width, height, channels);
        return areBytes() ? new byte[length] : new float[length];
    }

    /** Pixels in a row. */
    public int width() {
        return width;
    }

    /** Rows. */
    public int height() {
        return height;
    }

    /** Samples of each pixel. */
    public int channels() {
        return channels;
    }

    /** True if the samples are bytes, false if they are floats. */
    public boolean areBytes() {
        return samples instanceof byte[];
    }

    /** A sample, counted from 0 at the left, the top and the first channel; a byte as 0 to 255. */
    public float sample(int x, int y, int channel) {
        if (x < 0 || x >= width || y < 0 || y >= height || channel < 0 || channel >= channels) {
            throw new InvalidInputException("sample", "%d,%d,%d".formatted(x, y, channel), "is not in " + this);
        }
        return at((y * width + x) * channels + channel);
    }

    /** A sample by its place in the array. */
    float at(int index) {
        return samples instanceof byte[] bytes ? bytes[index] & 0xff : ((float[]) samples)[index];
    }

    /** A copy of the samples of an image of bytes. */
    public byte[] bytes() {
        return rawBytes().clone();
    }

    /** A copy of the samples as floats; bytes as 0 to 255. */
    public float[] floats() {
        if (samples instanceof float[] floats) {
            return floats.clone();
        }
        byte[] bytes = (byte[]) samples;
        float[] widened = new float[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            widened[i] = bytes[i] & 0xff;
        }
        return widened;
    }

    /** The samples of an image of bytes themselves, which the caller must not change. */
    byte[] rawBytes() {
        if (samples instanceof byte[] bytes) {
            return bytes;
        }
        throw new InvalidInputException("image", this, "has no bytes");
    }

    /** The array of the samples itself, which the caller must not change. */
    Object raw() {
        return samples;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pixels that
                && width == that.width
                && height == that.height
                && channels == that.channels
                && Arrays.deepEquals(new Object[] {samples}, new Object[] {that.samples});
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(new Object[] {width, height, channels, samples});
    }

    /** Its size and kind, such as {@code 640x480x3 bytes}. */
    @Override
    public String toString() {
        return "%dx%dx%d %s".formatted(width, height, channels, areBytes() ? "bytes" : "floats");
    }
}
