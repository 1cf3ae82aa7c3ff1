package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The duration of an MP3: its frames, counted one by one, since their sizes may vary. Between the last frame and the end
 * only tags may lie; where anything else interrupts the frames the duration is not known.
 */
final class Mp3Probe extends HeaderProbe {
    private static final int HEADER = 4;
    private static final int TAG = 10;
    private static final int[] KBITS_1 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0};
    private static final int[] KBITS_2 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0};
    private static final int[] RATES = {44100, 48000, 32000, 0};

    private double seconds;
    private boolean isBroken;

    Mp3Probe() {
        super(ByteOrder.BIG_ENDIAN, TAG);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (offset == 0 && header.getInt(0) >>> 8 == 0x494433) {
            next(TAG + syncSafe(header.getInt(6)), HEADER);
        } else {
            frame(header.getInt(0), offset);
        }
    }

    private static long syncSafe(int bits) {
        return (bits & 0x7f) | (bits & 0x7f00) >> 1 | (bits & 0x7f0000) >> 2 | (bits & 0x7f000000) >> 3;
    }

    private void frame(int header, long offset) {
        int kbits = (header & 0x80000) != 0 ? KBITS_1[header >> 12 & 15] : KBITS_2[header >> 12 & 15];
        int rate = rate(header);
        if (header >>> 21 != 0x7ff || (header >> 17 & 3) != 1 || kbits == 0 || rate == 0) {
            isBroken = !isTag(header);
            return;
        }
        int samples = (header & 0x80000) != 0 ? 1152 : 576;
        int length = samples / 8 * kbits * 1000 / rate + (header >> 9 & 1);
        seconds += (double) samples / rate;
        next(offset + Math.max(TAG, length), HEADER);
    }

    private static int rate(int header) {
        int rate = RATES[header >> 10 & 3];
        return switch (header >> 19 & 3) {
            case 3 -> rate;
            case 2 -> rate / 2;
            case 0 -> rate / 4;
            default -> 0;
        };
    }

    /** TAG, APE, LYR or zeros. */
    private static boolean isTag(int header) {
        return switch (header >>> 8) {
            case 0x544147, 0x415045, 0x4c5952, 0 -> true;
            default -> false;
        };
    }

    @Override
    void end(long fileLength) {
        if (!isBroken && seconds > 0) {
            duration(seconds, 1);
        }
    }
}
