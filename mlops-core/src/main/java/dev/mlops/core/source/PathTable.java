package dev.mlops.core.source;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A set of paths, each a file's or a folder's, of which only fingerprints of 126 bits are kept, in a table with open
 * addressing: 32 MB for a million and a half. The seeds differ from table to table, so that nobody can prepare paths that
 * fall together. Confined to one thread.
 */
final class PathTable {
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int MAX_CAPACITY = 1 << 29;

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final long otherSeed = ThreadLocalRandom.current().nextLong();
    private long[] slots = new long[2 * FIRST_CAPACITY];
    private int size;
    private long high;
    private long low;

    enum Kind {
        FILE,
        FOLDER
    }

    /** Adds the first {@code length} characters of a path unless they are there; gives what was there. */
    Optional<Kind> add(String path, int length, Kind kind) {
        hash(path, length);
        int slot = slot(slots, high, low);
        Kind there = kind(slots, slot);
        if (there == null) {
            put(slots, slot, high, kind == Kind.FILE ? low : low | 1);
            size++;
            growIfFull();
        }
        return Optional.ofNullable(there);
    }

    /** What the first {@code length} characters of a path are. */
    Optional<Kind> find(String path, int length) {
        hash(path, length);
        return Optional.ofNullable(kind(slots, slot(slots, high, low)));
    }

    private void hash(String path, int length) {
        long one = seed;
        long two = otherSeed;
        for (int i = 0; i < length; i++) {
            char c = path.charAt(i);
            one = (one + c) * 0x9E3779B97F4A7C15L;
            one ^= one >>> 32;
            two = Long.rotateLeft((two ^ c) * 0xC2B2AE3D27D4EB4FL, 31);
        }
        high = mix(one) | 1; // 0 stands for a free slot
        low = mix(two) & ~1L; // the last bit is the kind
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }

    /** The slot that has the fingerprint, or the free one where it belongs. */
    private static int slot(long[] slots, long high, long low) {
        int mask = slots.length / 2 - 1;
        int slot = (int) (low >>> 1) & mask;
        while (slots[2 * slot] != 0 && (slots[2 * slot] != high || (slots[2 * slot + 1] & ~1L) != low)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private static @Nullable Kind kind(long[] slots, int slot) {
        if (slots[2 * slot] == 0) {
            return null;
        }
        return (slots[2 * slot + 1] & 1) == 0 ? Kind.FILE : Kind.FOLDER;
    }

    private static void put(long[] slots, int slot, long high, long low) {
        slots[2 * slot] = high;
        slots[2 * slot + 1] = low;
    }

    private void growIfFull() {
        int capacity = slots.length / 2;
        if (size < capacity / 4 * 3) {
            return;
        }
        if (capacity == MAX_CAPACITY) {
            throw new IllegalStateException("more than " + size + " paths");
        }
        long[] larger = new long[4 * capacity];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i] != 0) {
                put(larger, slot(larger, slots[i], slots[i + 1] & ~1L), slots[i], slots[i + 1]);
            }
        }
        slots = larger;
    }
}
