package dev.mlops.core.manifest;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Hashes of texts, eight bytes each, to find out whether two bags may share a text. Confined to one thread. */
final class HashBag {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private long[] hashes = new long[16];
    private int size;
    private boolean isSorted;

    /** FNV-1a over the characters, with the last step of MurmurHash3 to spread it. */
    static long hash(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        hash = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        return hash ^ (hash >>> 33);
    }

    void add(String text) {
        if (size == hashes.length) {
            hashes = Arrays.copyOf(hashes, Math.multiplyExact(2, size));
        }
        hashes[size++] = hash(text);
        isSorted = false;
    }

    private void sort() {
        if (!isSorted) {
            Arrays.sort(hashes, 0, size);
            isSorted = true;
        }
    }

    /** The hashes that both have. */
    Set<Long> common(HashBag other) {
        sort();
        other.sort();
        Set<Long> common = new HashSet<>();
        for (int i = 0, j = 0; i < size && j < other.size; ) {
            int order = Long.compare(hashes[i], other.hashes[j]);
            if (order == 0) {
                common.add(hashes[i]);
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return common;
    }
}
