package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a BMP, whose height is negative where the first line is the uppermost. */
final class BmpProbe extends HeaderProbe {
    private static final int OS2_HEADER = 12;

    BmpProbe() {
        super(ByteOrder.LITTLE_ENDIAN, 26);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (header.getInt(14) == OS2_HEADER) {
            size(unsigned16(header, 18), unsigned16(header, 20));
        } else {
            size(header.getInt(18), Math.abs((long) header.getInt(22)));
        }
    }
}
