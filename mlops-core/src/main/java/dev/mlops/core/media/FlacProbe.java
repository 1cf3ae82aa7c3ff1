package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The duration of a FLAC: its first block. */
final class FlacProbe extends HeaderProbe {
    FlacProbe() {
        super(ByteOrder.BIG_ENDIAN, 26);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        long bits = header.getLong(18);
        long samples = bits & 0xfffffffffL;
        if (samples > 0) {
            duration((double) samples, (double) (bits >>> 44));
        }
    }
}
