package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;

/**
 * Resizes an image in two passes, the rows first. Samples that are bytes are rounded after each pass and weights are
 * fixed-point numbers of 22 fraction bits, as in Pillow, so that the results are its very bytes.
 */
final class Resizer {
    private static final int FRACTION_BITS = 22;

    private Resizer() {}

    static Pixels resize(Pixels image, int width, int height, Resampling how) {
        Pixels.length(width, height, image.channels());
        checkSize(image, width, image.height(), Math.max(pixels(image), (long) width * height));
        Pixels narrow = width == image.width() ? image : pass(image, width, true, how);
        return height == image.height() ? narrow : pass(narrow, height, false, how);
    }

    /** As {@link #resize}, but also refuses a result that is huge although the image is not. */
    static Pixels resizeBounded(Pixels image, int width, int height, Resampling how) {
        checkSize(image, width, height, pixels(image));
        return resize(image, width, height, how);
    }

    private static long pixels(Pixels image) {
        return (long) image.width() * image.height();
    }

    /** A narrow image can be a small file and become huge when the narrow side is made larger. */
    private static void checkSize(Pixels image, int width, int height, long most) {
        if ((long) width * height > Math.max(most, ImageDecoder.MOST_PIXELS)) {
            throw new InvalidInputException(
                    "image size",
                    image,
                    "is so narrow that it would become %dx%d, which is more than %d pixels"
                            .formatted(width, height, ImageDecoder.MOST_PIXELS));
        }
        Pixels.length(width, height, image.channels());
    }

    private static Pixels pass(Pixels image, int size, boolean isOfRows, Resampling how) {
        Weights weights = new Weights(isOfRows ? image.width() : image.height(), size, how);
        int width = isOfRows ? size : image.width();
        int height = isOfRows ? image.height() : size;
        int step = image.channels() * (isOfRows ? 1 : image.width());
        int length = Pixels.length(width, height, image.channels());
        if (image.raw() instanceof byte[] bytes) {
            byte[] result = new byte[length];
            Lines.of(image, width, height, isOfRows)
                    .forEach((from, to, at) -> result[to] = weights.sum(bytes, from, step, at));
            return Pixels.owning(result, width, height, image.channels());
        }
        float[] floats = (float[]) image.raw();
        float[] result = new float[length];
        Lines.of(image, width, height, isOfRows)
                .forEach((from, to, at) -> result[to] = weights.sum(floats, from, step, at));
        return Pixels.owning(result, width, height, image.channels());
    }

    /** Goes over all samples of a result. */
    private record Lines(int before, int width, int height, int channels, boolean isOfRows) {
        static Lines of(Pixels image, int width, int height, boolean isOfRows) {
            return new Lines(image.width(), width, height, image.channels(), isOfRows);
        }

        void forEach(Sample sample) {
            int to = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    int from = isOfRows ? y * before * channels : x * channels;
                    for (int channel = 0; channel < channels; channel++) {
                        sample.make(from + channel, to++, isOfRows ? x : y);
                    }
                }
            }
        }
    }

    private interface Sample {
        /**
         * Makes one sample.
         *
         * @param from the first sample of its line before
         * @param to its place in the result
         * @param at its place on its line
         */
        void make(int from, int to, int at);
    }

    /** Which pixels of a line each pixel of the result is made of. */
    private static final class Weights {
        private final int[] starts;
        private final float[][] shares;
        private final int[][] fixed;

        Weights(int before, int after, Resampling how) {
            starts = new int[after];
            shares = new float[after][];
            fixed = new int[after][];
            double scale = (double) before / after;
            double support = how == Resampling.BILINEAR_ANTIALIASED ? Math.max(scale, 1) : 1;
            for (int i = 0; i < after; i++) {
                double centre = (i + 0.5) * scale;
                int start = Math.max((int) (centre - support + 0.5), 0);
                int end = Math.min((int) (centre + support + 0.5), before);
                starts[i] = start;
                set(i, triangle(start, end, centre, support));
            }
        }

        private static double[] triangle(int start, int end, double centre, double support) {
            double[] weights = new double[end - start];
            double sum = 0;
            for (int j = 0; j < weights.length; j++) {
                weights[j] = Math.max(1 - Math.abs((j + start - centre + 0.5) / support), 0);
                sum += weights[j];
            }
            for (int j = 0; j < weights.length; j++) {
                weights[j] /= sum;
            }
            return weights;
        }

        private void set(int i, double[] weights) {
            shares[i] = new float[weights.length];
            fixed[i] = new int[weights.length];
            for (int j = 0; j < weights.length; j++) {
                shares[i][j] = (float) weights[j];
                fixed[i][j] = (int) (weights[j] * (1 << FRACTION_BITS) + 0.5);
            }
        }

        byte sum(byte[] samples, int from, int step, int at) {
            int sum = 1 << (FRACTION_BITS - 1);
            int place = from + starts[at] * step;
            for (int weight : fixed[at]) {
                sum += weight * (samples[place] & 0xff);
                place += step;
            }
            return (byte) Math.min(sum >> FRACTION_BITS, 255);
        }

        float sum(float[] samples, int from, int step, int at) {
            float sum = 0;
            int place = from + starts[at] * step;
            for (float weight : shares[at]) {
                sum += weight * samples[place];
                place += step;
            }
            return sum;
        }
    }
}
