package dev.mlops.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Bytes that resemble what people keep: photographs, which no compressor makes smaller, and tables and prose, which zstd
 * makes two to three times smaller. The same seed gives the same bytes on every machine. Not thread-safe.
 */
final class Samples {
    private static final String[] WORDS = words();
    private static final byte[] JPEG_START = {
        (byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };

    private final SplittableRandom random;

    Samples(long seed) {
        this.random = new SplittableRandom(seed);
    }

    private static String[] words() {
        SplittableRandom random = new SplittableRandom(17);
        String[] words = new String[8192];
        for (int i = 0; i < words.length; i++) {
            StringBuilder word = new StringBuilder();
            int length = random.nextInt(2, 6);
            for (int j = 0; j < length; j++) {
                word.append("bcdfghklmnprstvwz".charAt(random.nextInt(17))).append("aeiou".charAt(random.nextInt(5)));
            }
            words[i] = word.toString();
        }
        return words;
    }

    byte[] noise(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** The beginning of a real JPEG file, with a size in its frame header, and noise in place of its picture. */
    byte[] photograph(int length) {
        ByteBuffer out = ByteBuffer.wrap(noise(length)).put(JPEG_START);
        out.putShort((short) 0xffc0).putShort((short) 17).put((byte) 8);
        out.putShort((short) random.nextInt(64, 512)).putShort((short) random.nextInt(64, 512));
        out.put(new byte[] {3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1});
        out.putShort((short) 0xffda).putShort((short) 12).put(new byte[] {3, 1, 0, 2, 0x11, 3, 0x11, 0, 0x3f, 0});
        return out.array();
    }

    byte[] prose(int length) {
        StringBuilder text = new StringBuilder(length + 32);
        while (text.length() < length) {
            text.append(word()).append(random.nextInt(12) == 0 ? ".\n" : " ");
        }
        return cut(text, length);
    }

    byte[] table(int length) {
        StringBuilder text = new StringBuilder(length + 128);
        for (int row = 0; text.length() < length; row++) {
            row(text, row);
        }
        return cut(text, length);
    }

    private static byte[] cut(StringBuilder text, int length) {
        text.setLength(length - 1);
        return text.append('\n').toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Adds one row of about 90 bytes. */
    void row(StringBuilder out, long number) {
        out.append(number).append(",2026-03-").append(10 + random.nextInt(20)).append("T12:");
        out.append(10 + random.nextInt(50)).append(":00Z,sensor-").append(random.nextInt(64));
        out.append(',').append(random.nextInt(100_000) / 1000.0).append(',');
        out.append(random.nextInt(100_000) / 1000.0).append(',').append(random.nextInt(1_000_000));
        out.append(random.nextBoolean() ? ",normal," : ",anomalous,");
        out.append(word()).append(' ').append(word()).append(' ').append(word()).append('\n');
    }

    /** Few words are frequent and most are rare, as in a language. */
    private String word() {
        int bits = random.nextInt(1, 14);
        return WORDS[random.nextInt(1 << bits)];
    }

    /** A number around a mean: half of it to one and a half times it. */
    int around(int mean) {
        return mean / 2 + random.nextInt(mean + 1);
    }
}
