package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;

/** Changes of the channels of an image. */
final class Channels {
    private static final int RGB = 3;

    private Channels() {}

    static Pixels gray(Pixels image) {
        if (image.channels() == 1) {
            return image;
        }
        check(image, RGB, "1 or 3");
        int pixels = image.width() * image.height();
        if (image.raw() instanceof byte[] rgb) {
            byte[] gray = new byte[pixels];
            for (int i = 0; i < pixels; i++) {
                gray[i] = luma(rgb[3 * i] & 0xff, rgb[3 * i + 1] & 0xff, rgb[3 * i + 2] & 0xff);
            }
            return Pixels.owning(gray, image.width(), image.height(), 1);
        }
        float[] rgb = (float[]) image.raw();
        float[] gray = new float[pixels];
        for (int i = 0; i < pixels; i++) {
            gray[i] = 0.299f * rgb[3 * i] + 0.587f * rgb[3 * i + 1] + 0.114f * rgb[3 * i + 2];
        }
        return Pixels.owning(gray, image.width(), image.height(), 1);
    }

    /** The weights of ITU-R BT.601 with 16 fraction bits. */
    private static byte luma(int red, int green, int blue) {
        return (byte) ((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16);
    }

    static Pixels rgb(Pixels image) {
        if (image.channels() == RGB) {
            return image;
        }
        check(image, 1, "1 or 3");
        return rearranged(image, RGB, channel -> 0);
    }

    static Pixels reversed(Pixels image) {
        check(image, RGB, "3");
        return rearranged(image, RGB, channel -> RGB - 1 - channel);
    }

    private static void check(Pixels image, int channels, String rule) {
        if (image.channels() != channels) {
            throw new InvalidInputException("image", image, "must have " + rule + " channels");
        }
    }

    private interface Source {
        int of(int channel);
    }

    private static Pixels rearranged(Pixels image, int channels, Source source) {
        int pixels = image.width() * image.height();
        Object samples = image.newSamples(image.width(), image.height(), channels);
        for (int i = 0; i < pixels; i++) {
            for (int channel = 0; channel < channels; channel++) {
                copy(image.raw(), i * image.channels() + source.of(channel), samples, i * channels + channel);
            }
        }
        return Pixels.owning(samples, image.width(), image.height(), channels);
    }

    private static void copy(Object from, int source, Object to, int target) {
        if (from instanceof byte[] bytes) {
            ((byte[]) to)[target] = bytes[source];
        } else {
            ((float[]) to)[target] = ((float[]) from)[source];
        }
    }
}
