package dev.mlops.examples.digits;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** One handwritten digit. Immutable. */
public final class Digit {
    /** Pixels in a row, and rows. */
    public static final int SIDE = 8;

    private static final int INK = 16;
    private static final int WHITE = 255;
    private static final String SHADES = " .:-=+*#%@";

    private final int label;
    private final int[] pixels;

    /**
     * Makes a digit.
     *
     * @param label what its writer meant, 0 to 9
     * @param pixels 64 grey values from 0 (paper) to 16 (ink), row by row
     */
    public Digit(int label, int[] pixels) {
        this.label = label;
        this.pixels = pixels.clone();
        if (label < 0 || label > 9 || pixels.length != SIDE * SIDE) {
            throw new IllegalArgumentException(
                    "a digit has a label of 0 to 9 and 64 pixels, not label %d and %d".formatted(label, pixels.length));
        }
        if (Arrays.stream(pixels).anyMatch(pixel -> pixel < 0 || pixel > INK)) {
            throw new IllegalArgumentException("pixels are 0 to 16, not " + Arrays.toString(pixels));
        }
    }

    /** Reads what {@link #png()} wrote. */
    public static Digit readPng(int label, InputStream png) {
        try {
            BufferedImage image = ImageIO.read(new MemoryCacheImageInputStream(png));
            if (image == null || image.getWidth() != SIDE || image.getHeight() != SIDE) {
                throw new IllegalArgumentException("not an image of 8 by 8 pixels");
            }
            int[] grey = image.getRaster().getSamples(0, 0, SIDE, SIDE, 0, new int[SIDE * SIDE]);
            return new Digit(
                    label,
                    Arrays.stream(grey)
                            .map(value -> Math.round(value * INK / (float) WHITE))
                            .toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What its writer meant, 0 to 9. */
    public int label() {
        return label;
    }

    /** The digit as a grey PNG of 8 by 8 pixels, ink white on black. */
    public byte[] png() {
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        int[] grey = Arrays.stream(pixels)
                .map(value -> Math.round(value * WHITE / (float) INK))
                .toArray();
        image.getRaster().setSamples(0, 0, SIDE, SIDE, 0, grey);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** What models take: 64 values from 0 to 1. */
    public float[] features() {
        float[] features = new float[pixels.length];
        for (int i = 0; i < features.length; i++) {
            features[i] = pixels[i] / (float) INK;
        }
        return features;
    }

    /** The digit as eight lines of text, each pixel two characters wide. */
    public String art() {
        StringBuilder art = new StringBuilder();
        for (int i = 0; i < pixels.length; i++) {
            char shade = SHADES.charAt(pixels[i] * (SHADES.length() - 1) / INK);
            art.append(shade).append(shade).append(i % SIDE == SIDE - 1 ? "\n" : "");
        }
        return art.toString().lines().map(String::stripTrailing).collect(Collectors.joining("\n"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Digit that && label == that.label && Arrays.equals(pixels, that.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * label + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return "a handwritten " + label;
    }
}
