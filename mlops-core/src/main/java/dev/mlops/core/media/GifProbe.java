package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a GIF: its logical screen. */
final class GifProbe extends HeaderProbe {
    GifProbe() {
        super(ByteOrder.LITTLE_ENDIAN, 10);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        size(unsigned16(header, 6), unsigned16(header, 8));
    }
}
