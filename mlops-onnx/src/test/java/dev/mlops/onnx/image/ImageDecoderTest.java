package dev.mlops.onnx.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {
    private static final ImageDecoder GRAY =
            ImageDecoder.builder().color(ImageDecoder.Color.GRAY).build();

    /** Of Pillow: 8-bit grey, 16-bit grey, a palette, a transparent pixel, one bit, transparent grey. */
    private static final String START = "iVBORw0KGgoAAAANSUhEUgAAAA";

    @ParameterizedTest
    @CsvSource({
        "MAAAACCAAAAAC4HznGAAAAEElEQVR4nGPgNpjPJCqtCAAFLgEuG0F54gAAAABJRU5ErkJggg==, 3, 11 48 159 32 75 192",
        "IAAAABEAAAAACB2fwVAAAADUlEQVR4nGMQMvnPAAAC5wFGf/uMQgAAAABJRU5ErkJggg==, 2, 18 255",
        "IAAAABAQAAAADcWUInAAAACklEQVR4nGNwAAAAQgBBKTf07wAAAABJRU5ErkJggg==, 2, 0 255",
        "EAAAABCAQAAAC1HAwCAAAAC0lEQVR4nGPwZQAAAJ0ATtT7aM4AAAAASUVORK5CYII=, 1, 77"
    })
    void grayIsAsItIsInTheFile(String rest, int width, String samples) {
        Pixels image = GRAY.decode(Base64.getDecoder().decode(START + rest));

        assertThat(image.width()).isEqualTo(width);
        assertThat(image.floats()).containsExactly(numbers(samples));
        assertThat(ImageDecoder.DEFAULT.decode(Base64.getDecoder().decode(START + rest)))
                .isEqualTo(Images.rgb().apply(image));
    }

    @ParameterizedTest
    @CsvSource({
        "IAAAABAQMAAADO7O3JAAAABlBMVEX/AAAAgP9XImXFAAAACklEQVR4nGNwAAAAQgBBKTf07wAAAABJRU5ErkJggg==, 255 0 0 0 128 255",
        "EAAAABCAYAAAAfFcSJAAAADUlEQVR4nGPgEpFjAAAApQA9aZiIvAAAAABJRU5ErkJggg==, 10 20 30"
    })
    void colorsAreRedGreenBlue(String rest, String samples) {
        byte[] png = Base64.getDecoder().decode(START + rest);

        assertThat(ImageDecoder.DEFAULT.decode(png).floats()).containsExactly(numbers(samples));
        assertThat(GRAY.decode(png)).isEqualTo(Images.gray().apply(ImageDecoder.DEFAULT.decode(png)));
    }

    @Test
    void samplesOfSixteenBitsKeepTheUpperEight() throws IOException {
        ColorModel deep = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        WritableRaster raster = deep.createCompatibleWritableRaster(2, 1);
        raster.setPixels(0, 0, 2, 1, new int[] {0x01ff, 0x0180, 0x7fff, 0, 0xff00, 0xffff});
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        assertThat(ImageIO.write(new BufferedImage(deep, raster, false, null), "png", png))
                .isTrue();

        assertThat(ImageDecoder.DEFAULT.decode(png.toByteArray()).floats()).containsExactly(1, 1, 127, 0, 255, 255);
    }

    private static float[] numbers(String text) {
        String[] words = text.split(" ", -1);
        float[] numbers = new float[words.length];
        for (int i = 0; i < words.length; i++) {
            numbers[i] = Float.parseFloat(words[i]);
        }
        return numbers;
    }

    private static BufferedImage image(int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, 0x10000 * 3 * x + 0x100 * 5 * y + 99);
            }
        }
        return image;
    }

    private static byte[] encoded(String format, int width, int height) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image(width, height), format, bytes)).isTrue();
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "jpeg"})
    void formatsAreDecoded(String format) throws IOException {
        Pixels image = ImageDecoder.DEFAULT.decode(encoded(format, 32, 24));

        assertThat(image.toString()).isEqualTo("32x24x3 bytes");
        int error = format.equals("jpeg") ? 12 : 0;
        assertThat(image.sample(20, 10, 0)).isCloseTo(60, within((float) error));
        assertThat(image.sample(20, 10, 1)).isCloseTo(50, within((float) error));
        assertThat(image.sample(20, 10, 2)).isCloseTo(99, within((float) error));
    }

    @Test
    void filesAndStreamsAreDecodedToo(@TempDir Path directory) throws IOException {
        byte[] png = encoded("png", 4, 3);
        Path file = Files.write(directory.resolve("image.png"), png);

        assertThat(ImageDecoder.DEFAULT.decode(file)).isEqualTo(ImageDecoder.DEFAULT.decode(png));
        assertThat(ImageDecoder.DEFAULT.decode(new ByteArrayInputStream(png)))
                .isEqualTo(ImageDecoder.DEFAULT.decode(png));
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(directory.resolve("other.png")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("other.png");
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(directory)).isInstanceOf(UnavailableException.class);
    }

    /** A PNG whose header says that it is huge, with nothing in it. */
    private static byte[] bomb(int width, int height) {
        ByteBuffer png = ByteBuffer.allocate(64);
        png.putLong(0x89504E470D0A1A0AL).putInt(13);
        int header = png.position();
        png.put("IHDR".getBytes(StandardCharsets.US_ASCII)).putInt(width).putInt(height);
        png.put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(png.array(), header, png.position() - header);
        png.putInt((int) crc.getValue()).putInt(0).put("IDAT".getBytes(StandardCharsets.US_ASCII));
        return Arrays.copyOf(png.array(), png.position());
    }

    @Test
    void hugeImagesAreRefusedByTheirHeader() {
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(bomb(60_000, 60_000)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("60000x60000 pixels")
                .hasMessageContaining("maxPixels, 50000000");
        assertThatThrownBy(() -> ImageDecoder.builder()
                        .maxPixels(Long.MAX_VALUE)
                        .build()
                        .decode(bomb(Integer.MAX_VALUE, Integer.MAX_VALUE)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ImageDecoder.builder().maxPixels(99).build().decode(encoded("png", 10, 10)))
                .hasMessageContaining("10x10");
    }

    @Test
    void longFilesAndEndlessStreamsAreRefused() throws IOException {
        byte[] png = encoded("png", 4, 3);
        ImageDecoder exact = ImageDecoder.builder().maxBytes(png.length).build();
        ImageDecoder less = ImageDecoder.builder().maxBytes(png.length - 1).build();
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 7;
            }
        };

        assertThat(exact.decode(new ByteArrayInputStream(png)).width()).isEqualTo(4);
        assertThatThrownBy(() -> less.decode(png)).hasMessageContaining("maxBytes");
        assertThatThrownBy(() -> less.decode(new ByteArrayInputStream(png))).hasMessageContaining("maxBytes");
        assertThatThrownBy(() -> less.decode(endless)).hasMessageContaining("maxBytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "jpeg", "gif"})
    void truncatedFilesAreRefused(String format) throws IOException {
        byte[] whole = encoded(format, 64, 48);
        for (int length = 0; length < whole.length / 2; length += Math.max(1, whole.length / 40)) {
            byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(part))
                    .as("%s of %d bytes", format, length)
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    /** What is there of it is a whole image, but a blurred one. */
    @Test
    void progressiveFilesWithoutTheirLastScanAreRefused() throws IOException {
        byte[] whole = progressive(64, 48);
        byte[] part = Arrays.copyOf(whole, lastScan(whole));

        assertThat(ImageDecoder.DEFAULT.decode(whole).toString()).isEqualTo("64x48x3 bytes");
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(part))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("Truncated");
    }

    /** A dozen bytes more make the decoder go over the whole image once more. */
    @Test
    void filesOfCountlessScansAreRefused() throws IOException {
        byte[] whole = progressive(64, 48);
        int last = lastScan(whole);
        int end = whole.length - 2;
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        ByteArrayOutputStream appended = new ByteArrayOutputStream();
        many.write(whole, 0, end);
        appended.write(whole);
        for (int i = 0; i < 100; i++) {
            many.write(whole, last, end - last);
            appended.write(whole, last, end - last);
        }
        many.write(whole, end, 2);

        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(many.toByteArray()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("scans, more than 100");
        assertThat(ImageDecoder.DEFAULT.decode(appended.toByteArray())).isEqualTo(ImageDecoder.DEFAULT.decode(whole));
    }

    private static byte[] progressive(int width, int height) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image(width, height), null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** Where the last scan of a JPEG file begins. */
    private static int lastScan(byte[] jpeg) {
        int at = jpeg.length - 2;
        while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) 0xda) {
            at--;
        }
        return at;
    }

    /** Nothing but the documented exception comes of damage, and no image of another size. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "jpeg", "gif"})
    void damagedFilesAreRefusedOrDecoded(String format) throws IOException {
        ImageDecoder decoder = ImageDecoder.builder().maxPixels(100_000).build();
        Random random = new Random(7);
        byte[] whole = encoded(format, 40, 30);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j <= i % 4; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                Pixels image = decoder.decode(damaged);
                assertThat((long) image.width() * image.height()).isLessThanOrEqualTo(100_000);
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("image");
            }
        }
    }

    /** A BMP may hold a whole PNG or JPEG, whose size is not the one in its header. */
    @ParameterizedTest
    @ValueSource(bytes = {4, 5})
    void imagesInImagesAreRefused(byte compression) throws IOException {
        byte[] bmp = encoded("bmp", 4, 4);
        bmp[30] = compression;

        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(bmp)).hasMessageContaining("another image in it");
    }

    /** Its header is shorter, so that a pixel is where others tell the compression. */
    @Test
    void bmpsOfOldSystemsAreDecoded() {
        ByteBuffer bmp = ByteBuffer.allocate(34).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put((byte) 'B').put((byte) 'M').putInt(34).putInt(0).putInt(26);
        bmp.putInt(12)
                .putShort((short) 2)
                .putShort((short) 1)
                .putShort((short) 1)
                .putShort((short) 24);
        bmp.put(new byte[] {30, 20, 10, 60, 50, 40});

        assertThat(ImageDecoder.DEFAULT.decode(bmp.array()))
                .isEqualTo(Pixels.bytes(new byte[] {10, 20, 30, 40, 50, 60}, 2, 1, 3));
    }

    @Test
    void otherFormatsAreRefused() throws IOException {
        ImageDecoder onlyJpeg = ImageDecoder.builder().formats("JPEG", "JPEG").build();

        assertThat(onlyJpeg.decode(encoded("jpeg", 3, 3)).width()).isEqualTo(3);
        assertThatThrownBy(() -> onlyJpeg.decode(encoded("png", 3, 3))).hasMessageContaining("no allowed format");
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode("<svg/>".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("no allowed format");
        assertThatThrownBy(() -> ImageDecoder.DEFAULT.decode(encoded("tiff", 3, 3)))
                .hasMessageContaining("no allowed format");
    }
}
