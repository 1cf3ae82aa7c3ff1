package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a JPEG: the first frame header, behind whatever metadata and thumbnails come before it. */
final class JpegProbe extends HeaderProbe {
    private static final int MARKER = 4;
    private static final int FRAME = 5;
    private boolean isFrame;

    JpegProbe() {
        super(ByteOrder.BIG_ENDIAN, 2 + MARKER);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (isFrame) {
            size(unsigned16(header, 3), unsigned16(header, 1));
        } else {
            int at = offset == 0 ? 2 : 0;
            segment(header, at, offset + at);
        }
    }

    private void segment(ByteBuffer header, int at, long offset) {
        int marker = unsigned16(header, at);
        if (isFrameHeader(marker)) {
            isFrame = true;
            next(offset + MARKER, FRAME);
        } else if (hasLength(marker)) {
            next(offset + 2 + Math.max(2, unsigned16(header, at + 2)), MARKER);
        }
    }

    /** Not so the restarts, the beginning and the end; and what follows the beginning of a scan is no segment. */
    private static boolean hasLength(int marker) {
        return marker >= 0xffc0 && (marker < 0xffd0 || marker > 0xffda) && marker != 0xffff;
    }

    private static boolean isFrameHeader(int marker) {
        return marker >= 0xffc0 && marker <= 0xffcf && marker != 0xffc4 && marker != 0xffc8 && marker != 0xffcc;
    }
}
