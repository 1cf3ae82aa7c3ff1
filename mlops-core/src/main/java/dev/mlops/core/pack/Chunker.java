package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import java.security.MessageDigest;

/**
 * Cuts bytes where their content says so: FastCDC (Xia et al., USENIX ATC 2016 and IEEE TPDS 2020) with a gear hash of 64
 * bits and normalisation level 2. The same bytes are always cut at the same places, and an insertion moves only the cuts
 * near it. Immutable.
 */
public final class Chunker {
    /** Entry i is the first 8 bytes of SHA-256 of the single byte i, so that anyone can make the table. */
    private static final long[] GEAR = gear();

    private static final int NORMALISATION = 2;

    private final int min;
    private final int average;
    private final int max;
    private final long strictMask;
    private final long looseMask;

    /** A chunker of a store. */
    public Chunker(StoreFormat format) {
        min = format.chunkMin();
        average = format.chunkAverage();
        max = format.chunkMax();
        int bits = Integer.numberOfTrailingZeros(average);
        strictMask = topBits(bits + NORMALISATION);
        looseMask = topBits(bits - NORMALISATION);
    }

    private static long[] gear() {
        MessageDigest digest = Sha256.newDigest();
        long[] table = new long[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = BigEndian.longAt(digest.digest(new byte[] {(byte) i}), 0);
        }
        return table;
    }

    private static long topBits(int bits) {
        return -1L << (Long.SIZE - bits);
    }

    /**
     * The length of the chunk that starts at {@code offset}.
     *
     * @param bytes the bytes
     * @param offset where the chunk starts
     * @param available how many bytes there are from there: at least {@code chunkMax}, or all that is left
     * @return at most {@code available} and {@code chunkMax}; 0 only if nothing is available
     */
    public int next(byte[] bytes, int offset, int available) {
        if (available <= min) {
            return available;
        }
        int end = offset + Math.min(available, max);
        int normal = Math.min(offset + average, end);
        long hash = 0;
        int i = offset + min;
        for (; i < normal; i++) {
            hash = (hash << 1) + GEAR[bytes[i] & 0xff];
            if ((hash & strictMask) == 0) {
                return i + 1 - offset;
            }
        }
        for (; i < end; i++) {
            hash = (hash << 1) + GEAR[bytes[i] & 0xff];
            if ((hash & looseMask) == 0) {
                return i + 1 - offset;
            }
        }
        return end - offset;
    }
}
