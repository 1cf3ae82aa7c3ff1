package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a WebP: lossy, lossless or extended. */
final class WebpProbe extends HeaderProbe {
    private static final int SIDE = 0x3fff;

    WebpProbe() {
        super(ByteOrder.LITTLE_ENDIAN, 30);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        switch (header.getInt(12)) {
            case 0x20385056 -> size(unsigned16(header, 26) & SIDE, unsigned16(header, 28) & SIDE); // VP8
            case 0x4c385056 -> lossless(header.getInt(21)); // VP8L
            case 0x58385056 -> size(1 + (header.getInt(24) & 0xffffff), 1 + (header.getInt(26) >>> 8)); // VP8X
            default -> {}
        }
    }

    private void lossless(int bits) {
        size(1 + (bits & SIDE), 1 + (bits >>> 14 & SIDE));
    }
}
