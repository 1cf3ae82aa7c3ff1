package dev.mlops.core.media;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Small files of many formats: some by the JDK's writers, some put together byte by byte. */
final class MediaFiles {
    private MediaFiles() {}

    static byte[] image(String format, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, random.nextInt());
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, out)) {
                throw new IllegalArgumentException("no writer of " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] wave(int millis) {
        AudioFormat format = new AudioFormat(8000, 16, 1, true, false);
        byte[] sound = new byte[millis * 16];
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioInputStream in = new AudioInputStream(new ByteArrayInputStream(sound), format, sound.length / 2)) {
            AudioSystem.write(in, AudioFileFormat.Type.WAVE, out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] mp4(int dataBytes, boolean dataFirst) {
        byte[] type = box("ftyp", ascii("isom\0\0\2\0isom"));
        byte[] movieHeader = box("mvhd", new byte[12], int32(600), int32(90_300), new byte[80]); // 150.5 s
        byte[] trackHeader = box("tkhd", new byte[76], int32(1280 << 16), int32(720 << 16));
        byte[] soundHeader = box("tkhd", new byte[76], int32(0), int32(0));
        byte[] movie = box("moov", movieHeader, box("trak", soundHeader), box("trak", trackHeader, box("mdia")));
        byte[] data = box("mdat", new byte[dataBytes]);
        return dataFirst ? join(type, data, movie) : join(type, movie, data);
    }

    static byte[] heif(String brand) {
        byte[] type = box("ftyp", ascii(brand + "\0\0\0\0mif1"));
        byte[] thumbnail = box("ispe", new byte[4], int32(160), int32(120));
        byte[] picture = box("ispe", new byte[4], int32(4032), int32(3024));
        byte[] properties = box("iprp", box("ipco", thumbnail, picture, thumbnail));
        return join(type, box("meta", new byte[4], box("hdlr", new byte[20]), properties), box("mdat", new byte[50]));
    }

    static byte[] avi() {
        ByteBuffer main = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
        main.putInt(0, 40_000).putInt(16, 250).putInt(32, 320).putInt(36, 240);
        ByteBuffer stream = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
        stream.put(0, ascii("vids")).putInt(20, 1).putInt(24, 25).putInt(32, 500);
        byte[] headers = chunk(
                "LIST",
                ascii("hdrl"),
                chunk("avih", main.array()),
                chunk("LIST", ascii("strl"), chunk("strh", stream.array())));
        return chunk("RIFF", ascii("AVI "), headers, chunk("LIST", ascii("movi"), new byte[100]));
    }

    /** Frames of 128 kbit/s at 44.1 kHz: 26.122 ms each. */
    static byte[] mp3(int frames, byte[]... around) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(around.length > 0 ? around[0] : new byte[0]);
        for (int i = 0; i < frames; i++) {
            out.writeBytes(new byte[] {(byte) 0xff, (byte) 0xfb, (byte) 0x90, 0});
            out.writeBytes(new byte[413]);
        }
        out.writeBytes(around.length > 1 ? around[1] : new byte[0]);
        return out.toByteArray();
    }

    static byte[] flac() {
        byte[] info = new byte[34];
        ByteBuffer.wrap(info).putLong(10, 44_100L << 44 | 15L << 36 | 66_150);
        return join(ascii("fLaC"), int32(34), info, new byte[30]);
    }

    /** Three pages of Vorbis at 44.1 kHz, two seconds, with a page of another stream between them. */
    static byte[] ogg() {
        byte[] identification = join(bytes("\u0001vorbis"), le32(0), new byte[] {2}, le32(44_100), new byte[14]);
        return join(
                page(7, 0, identification),
                page(7, 44_100, new byte[700]),
                page(8, 1_000_000, new byte[20]),
                page(7, 88_200, new byte[300]));
    }

    static byte[] opus() {
        byte[] identification = join(ascii("OpusHead"), new byte[] {1, 1}, le16(312), le32(16_000), new byte[3]);
        return join(page(7, 0, identification), page(7, 48_312, new byte[100]));
    }

    private static byte[] page(int stream, int samples, byte[] body) {
        byte[] segments = new byte[body.length / 255 + 1];
        Arrays.fill(segments, (byte) 255);
        segments[segments.length - 1] = (byte) (body.length % 255);
        return join(
                ascii("OggS"),
                new byte[2],
                le32(samples),
                new byte[4],
                le32(stream),
                new byte[8],
                new byte[] {(byte) segments.length},
                segments,
                body);
    }

    /** 640 × 360, 12.5 s; the segment and what comes last are of unknown size. */
    static byte[] webm() {
        byte[] head = bytes("\u001aE\u00df\u00a3\u0087B\u0082\u0084webm");
        byte[] duration = join(bytes("D\u0089\u0084"), int32(Float.floatToIntBits(12_500)));
        byte[] info = element("\u0015I\u00a9f", bytes("*\u00d7\u00b1\u0083\u000fB@"), duration);
        byte[] video = element("\u00e0", bytes("\u00b0\u0082\u0002\u0080"), bytes("\u00ba\u0082\u0001h"));
        byte[] tracks = element("\u0016T\u00aek", element("\u00ae", bytes("\u00d7\u0081\u0001"), video));
        byte[] cluster = bytes("\u001fC\u00b6u\u00ff");
        return join(head, bytes("\u0018S\u0080g\u0001" + "\u00ff".repeat(7)), info, tracks, cluster, new byte[100]);
    }

    private static byte[] element(String id, byte[]... parts) {
        byte[] body = join(parts);
        return join(bytes(id), new byte[] {(byte) (0x80 | body.length)}, body);
    }

    static byte[] webp(String kind) {
        byte[] body = switch (kind) {
            case "VP8 " -> join(new byte[3], bytes("\u009d\u0001*"), le16(550), le16(368), new byte[8]);
            case "VP8L" -> join(ascii("/"), le32(399 | 300 << 14), ascii(" "));
            default -> join(new byte[4], le24(799), le24(599));
        };
        return chunk("RIFF", ascii("WEBP"), chunk(kind, body));
    }

    static byte[] bigTiff() {
        ByteBuffer tiff = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        tiff.put(ascii("II"))
                .putShort((short) 43)
                .putShort((short) 8)
                .putShort((short) 0)
                .putLong(40);
        tiff.putLong(40, 2);
        tiff.putShort(48, (short) 256).putShort(50, (short) 4).putLong(52, 1).putLong(60, 70_000);
        tiff.putShort(68, (short) 257).putShort(70, (short) 3).putLong(72, 1).putLong(80, 900);
        return tiff.array();
    }

    static byte[] box(String type, byte[]... parts) {
        byte[] body = join(parts);
        return join(int32(8 + body.length), ascii(type), body);
    }

    static byte[] chunk(String name, byte[]... parts) {
        byte[] body = join(parts);
        return join(ascii(name), le32(body.length), body, new byte[body.length & 1]);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] int32(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    static byte[] le32(int value) {
        return int32(Integer.reverseBytes(value));
    }

    private static byte[] le16(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8)};
    }

    private static byte[] le24(int value) {
        return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
    }
}
