package dev.mlops.onnx.image;

import dev.mlops.api.error.InvalidInputException;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** The bytes of one image file. */
final class ImageFile {
    private static final int RGB = 3;

    /** Ten times as many as encoders make. */
    private static final int MOST_SCANS = 100;

    private static final int BYTE_BITS = 8;
    private static final int BMP_HEADER = 14;
    private static final int BMP_SHORT_HEADER = 12;
    private static final int BMP_COMPRESSION = 30;
    private static final int BMP_RLE = 3;

    private final byte[] bytes;
    private final long maxPixels;
    private final Set<String> formats;

    /** Why the image is not whole, as the reader of JPEG tells only by a warning. */
    private @Nullable String truncation;

    ImageFile(byte[] bytes, long maxPixels, Set<String> formats) {
        this.bytes = bytes;
        this.maxPixels = maxPixels;
        this.formats = formats;
    }

    /** The image with one channel if it is grey, else with three. */
    Pixels read() {
        try (ImageInputStream stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            ImageReader reader = reader(stream);
            try {
                return read(reader, stream);
            } finally {
                reader.dispose();
            }
        } catch (InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Readers also throw IllegalArgumentException, IndexOutOfBoundsException and others on damaged files.
            throw new InvalidInputException("image", shown(), "cannot be decoded: " + e, e);
        }
    }

    private ImageReader reader(ImageInputStream stream) {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (Arrays.stream(reader.getOriginatingProvider().getFormatNames())
                    .anyMatch(name -> formats.contains(name.toLowerCase(Locale.ROOT)))) {
                return reader;
            }
            reader.dispose();
        }
        throw new InvalidInputException("image", shown(), "is of no allowed format; " + formats + " are");
    }

    /** A BMP may hold a JPEG or PNG, whose size nobody looks at before it is decoded; one of OS/2 1 has no such field. */
    private void checkNotNested() {
        boolean isBmp = bytes.length > BMP_COMPRESSION && bytes[0] == 'B' && bytes[1] == 'M';
        if (isBmp && bytes[BMP_HEADER] != BMP_SHORT_HEADER && Byte.toUnsignedInt(bytes[BMP_COMPRESSION]) > BMP_RLE) {
            throw new InvalidInputException("image", shown(), "is a BMP with another image in it");
        }
    }

    /** Each scan of a progressive JPEG goes over the whole image, for as little as a dozen bytes. */
    private void checkScans() {
        int scans = JpegScans.isJpeg(bytes) ? JpegScans.count(bytes) : 0;
        if (scans > MOST_SCANS) {
            throw new InvalidInputException(
                    "image", shown(), "has %d scans, more than %d".formatted(scans, MOST_SCANS));
        }
    }

    private Pixels read(ImageReader reader, ImageInputStream stream) throws IOException {
        checkNotNested();
        checkScans();
        reader.setInput(stream, true, true);
        long width = reader.getWidth(0);
        long height = reader.getHeight(0);
        if (width < 1 || height < 1 || width * height > maxPixels || width * height > Integer.MAX_VALUE / 4) {
            throw new InvalidInputException(
                    "image", "%dx%d pixels".formatted(width, height), "must have 1 to maxPixels, " + maxPixels);
        }
        reader.addIIOReadWarningListener((source, warning) -> note(warning));
        BufferedImage image = reader.read(0);
        if (truncation != null) {
            throw new InvalidInputException("image", shown(), "cannot be decoded: " + truncation);
        }
        return pixels(image);
    }

    /** Only the first warning of libjpeg is told, but always that there is no end. */
    private void note(String warning) {
        String text = warning.toLowerCase(Locale.ROOT);
        if (text.contains("premature end") || text.contains("truncated")) {
            truncation = warning;
        }
    }

    private String shown() {
        return bytes.length + " bytes";
    }

    /**
     * Grey samples as they are, which getRGB would take for linear light and make brighter, and the upper half of those of 16
     * bits, which it would round.
     */
    private static Pixels pixels(BufferedImage image) {
        Raster raster = image.getRaster();
        ColorModel colors = image.getColorModel();
        if (raster.getNumBands() < RGB && !(colors instanceof IndexColorModel)) {
            return samples(raster, 1);
        }
        boolean isDeep = raster.getNumBands() >= RGB && raster.getSampleModel().getSampleSize(0) == 2 * BYTE_BITS;
        return isDeep && colors.getColorSpace().isCS_sRGB() ? samples(raster, RGB) : rgb(image);
    }

    /** The first channels of a raster. */
    private static Pixels samples(Raster raster, int channels) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        int bits = raster.getSampleModel().getSampleSize(0);
        byte[] samples = new byte[Pixels.length(width, height, channels)];
        int[] row = new int[width * bands];
        int to = 0;
        for (int y = 0; y < height; y++) {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < channels; channel++) {
                    samples[to++] = (byte) eightBits(row[x * bands + channel], bits);
                }
            }
        }
        return Pixels.owning(samples, width, height, channels);
    }

    private static int eightBits(int sample, int bits) {
        return bits >= BYTE_BITS ? sample >> (bits - BYTE_BITS) : sample * 255 / ((1 << bits) - 1);
    }

    private static Pixels rgb(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        byte[] samples = new byte[Pixels.length(width, height, RGB)];
        int[] row = new int[width];
        int to = 0;
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int color : row) {
                samples[to++] = (byte) (color >> 16);
                samples[to++] = (byte) (color >> 8);
                samples[to++] = (byte) color;
            }
        }
        return Pixels.owning(samples, width, height, RGB);
    }
}
