package dev.mlops.core.pack;

import java.util.Arrays;

/**
 * Where blobs lie, in memory: about 54 bytes a blob. Packs are numbers that the caller gives. Not thread-safe: guard it,
 * for reading too.
 */
public final class BlobTable {
    private static final int FIRST_BUCKETS = 1024;
    private static final int PIECE_BITS = 12;
    private static final int PIECE = 1 << PIECE_BITS;

    /** Longs of an entry: id (4), pack and offset, stored length and marked raw length. */
    private static final int ENTRY = 6;

    private static final int MAX_SIZE = 1 << 29;

    /** Slot + 1 by hash, 0 where there is none; linear probing. */
    private int[] buckets = new int[FIRST_BUCKETS];

    private long[][] pieces = new long[4][];
    private int size;

    /** How many blobs there are. Slots are 0 to this, exclusive, in the order in which their blobs came. */
    public int size() {
        return size;
    }

    /** The slot of a blob, or -1. */
    public long find(BlobId id) {
        return find(id.a(), id.b(), id.c(), id.d());
    }

    /** The slot of the blob with these four parts of an id, or -1. */
    public long find(long a, long b, long c, long d) {
        return buckets[bucket(a, b, c, d)] - 1L;
    }

    /** Adds a blob, or says anew where it lies, and gives its slot. */
    public long put(BlobId id, BlobKind kind, int pack, int offset, int storedLength, int rawLength) {
        int bucket = bucket(id.a(), id.b(), id.c(), id.d());
        int slot = buckets[bucket] - 1;
        if (slot < 0) {
            slot = add(id);
            buckets[bucket] = slot + 1;
            if (3L * size > 2L * buckets.length) {
                grow();
            }
        }
        long[] piece = pieces[slot >>> PIECE_BITS];
        int at = at(slot);
        piece[at + 4] = ((long) pack << 32) | (offset & 0xffffffffL);
        piece[at + 5] = ((long) storedLength << 32) | (kind.mark(rawLength) & 0xffffffffL);
        return slot;
    }

    private int add(BlobId id) {
        if (size == MAX_SIZE) {
            throw new IllegalStateException("a table holds at most %d blobs".formatted(MAX_SIZE));
        }
        int number = size >>> PIECE_BITS;
        if ((size & (PIECE - 1)) == 0) {
            if (number == pieces.length) {
                pieces = Arrays.copyOf(pieces, 2 * number);
            }
            pieces[number] = new long[PIECE * ENTRY];
        }
        long[] piece = pieces[number];
        int at = at(size);
        piece[at] = id.a();
        piece[at + 1] = id.b();
        piece[at + 2] = id.c();
        piece[at + 3] = id.d();
        return size++;
    }

    private int bucket(long a, long b, long c, long d) {
        int mask = buckets.length - 1;
        int bucket = hash(b) & mask;
        for (int slot = buckets[bucket] - 1; slot >= 0; slot = buckets[bucket] - 1) {
            long[] piece = pieces[slot >>> PIECE_BITS];
            int at = at(slot);
            if (piece[at] == a && piece[at + 1] == b && piece[at + 2] == c && piece[at + 3] == d) {
                return bucket;
            }
            bucket = (bucket + 1) & mask;
        }
        return bucket;
    }

    /** Ids are digests, so some of their bits are as good as a hash of all. */
    private static int hash(long b) {
        return (int) b;
    }

    private void grow() {
        int[] larger = new int[buckets.length * 2];
        int mask = larger.length - 1;
        for (int slot = 0; slot < size; slot++) {
            int bucket = hash(pieces[slot >>> PIECE_BITS][at(slot) + 1]) & mask;
            while (larger[bucket] != 0) {
                bucket = (bucket + 1) & mask;
            }
            larger[bucket] = slot + 1;
        }
        buckets = larger;
    }

    private static int at(int slot) {
        return (slot & (PIECE - 1)) * ENTRY;
    }

    private long part(long slot, int part) {
        if (slot < 0 || slot >= size) {
            throw new IndexOutOfBoundsException("slot " + slot + " of " + size);
        }
        return pieces[(int) slot >>> PIECE_BITS][at((int) slot) + part];
    }

    /** The id in a slot. */
    public BlobId id(long slot) {
        return new BlobId(part(slot, 0), part(slot, 1), part(slot, 2), part(slot, 3));
    }

    /** The number of the pack that holds the blob in a slot. */
    public int pack(long slot) {
        return (int) (part(slot, 4) >>> 32);
    }

    /** Where the blob in a slot starts in its pack. */
    public int offset(long slot) {
        return (int) part(slot, 4);
    }

    /** How many bytes of its pack the blob in a slot takes. */
    public int storedLength(long slot) {
        return (int) (part(slot, 5) >>> 32);
    }

    /** How many bytes the blob in a slot has. */
    public int rawLength(long slot) {
        return BlobKind.unmark((int) part(slot, 5));
    }

    /** What the blob in a slot is. */
    public BlobKind kind(long slot) {
        return BlobKind.ofMarked((int) part(slot, 5));
    }

    /** All slots in ascending order of their ids. */
    public int[] sortedSlots() {
        return new SlotSort(this).sort();
    }

    long idPart(int slot, int part) {
        return pieces[slot >>> PIECE_BITS][at(slot) + part];
    }

    void copyEntry(int slot, byte[] target, int at) {
        long[] piece = pieces[slot >>> PIECE_BITS];
        int from = at(slot);
        for (int i = 0; i < ENTRY; i++) {
            BigEndian.putLong(target, at + 8 * i, piece[from + i]);
        }
    }
}
