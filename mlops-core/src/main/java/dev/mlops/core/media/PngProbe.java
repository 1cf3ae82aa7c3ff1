package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a PNG: its first chunk. */
final class PngProbe extends HeaderProbe {
    PngProbe() {
        super(ByteOrder.BIG_ENDIAN, 24);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (header.getInt(12) == 0x49484452) {
            size(header.getInt(16), header.getInt(20));
        }
    }
}
