package dev.mlops.core.media;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The duration of a WAV: the bytes of sound that are there, by the bytes a second. */
final class WaveProbe extends HeaderProbe {
    private static final int CHUNK = 8;
    private static final int FORMAT = 0x20746d66;
    private static final int DATA = 0x61746164;

    private boolean isFormat;
    private long formatEnd;
    private long bytesPerSecond;
    private long dataStart = -1;
    private long dataSize;

    WaveProbe() {
        super(ByteOrder.LITTLE_ENDIAN, 12 + CHUNK);
    }

    @Override
    void read(ByteBuffer header, long offset) {
        if (isFormat) {
            isFormat = false;
            bytesPerSecond = unsigned32(header, 8);
            next(formatEnd, CHUNK);
        } else {
            int at = offset == 0 ? 12 : 0;
            chunk(header.getInt(at), unsigned32(header, at + 4), offset + at + CHUNK);
        }
    }

    private void chunk(int name, long size, long start) {
        long end = start + size + (size & 1);
        if (name == DATA) {
            dataStart = start;
            dataSize = size;
        } else if (name == FORMAT && size >= 16) {
            isFormat = true;
            formatEnd = end;
            next(start, 16);
        } else {
            next(end, CHUNK);
        }
    }

    @Override
    void end(long fileLength) {
        if (dataStart >= 0) {
            duration((double) Math.min(dataSize, fileLength - dataStart), (double) bytesPerSecond);
        }
    }
}
