package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import java.nio.ByteBuffer;

/** The chunker as docs/storage-format.md says it, a byte a step. */
final class PlainChunker {
    private PlainChunker() {}

    static int next(StoreFormat format, byte[] bytes, int offset, int available) {
        int bits = Integer.numberOfTrailingZeros(format.chunkAverage());
        long hash = 0;
        int length = format.chunkMin();
        while (length < Math.min(available, format.chunkMax())) {
            int zeros = length < format.chunkAverage() ? bits + 2 : bits - 2;
            hash = 2 * hash + gear(bytes[offset + length]);
            length++;
            if (Long.numberOfLeadingZeros(hash) >= zeros) {
                return length;
            }
        }
        return Math.min(length, available);
    }

    private static final long[] GEAR = new long[256];

    static {
        for (int i = 0; i < 256; i++) {
            byte[] digest = Sha256.newDigest().digest(new byte[] {(byte) i});
            GEAR[i] = ByteBuffer.wrap(digest).getLong();
        }
    }

    private static long gear(byte value) {
        return GEAR[value & 0xff];
    }
}
