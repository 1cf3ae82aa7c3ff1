package dev.mlops.core.pack;

/** Walks over the entries of an index whose packs are kept. Confined to one thread. */
final class IndexCursor implements Comparable<IndexCursor> {
    static final int DROPPED = -1;

    private final BlobIndex index;
    private final int age;
    private final int[] packs;
    private long ordinal = -1;
    private long a;
    private long b;
    private long c;
    private long d;

    /**
     * A cursor before the first entry.
     *
     * @param age later indexes have more
     * @param packs the new number of each pack, or {@link #DROPPED}
     */
    IndexCursor(BlobIndex index, int age, int[] packs) {
        this.index = index;
        this.age = age;
        this.packs = packs;
    }

    boolean next() {
        do {
            ordinal++;
        } while (ordinal < index.blobs() && packs[index.pack(ordinal)] == DROPPED);
        if (ordinal == index.blobs()) {
            return false;
        }
        a = index.idPart(ordinal, 0);
        b = index.idPart(ordinal, 1);
        c = index.idPart(ordinal, 2);
        d = index.idPart(ordinal, 3);
        return true;
    }

    void copyEntry(byte[] entry) {
        BigEndian.putLong(entry, 0, a);
        BigEndian.putLong(entry, 8, b);
        BigEndian.putLong(entry, 16, c);
        BigEndian.putLong(entry, 24, d);
        BigEndian.putInt(entry, 32, packs[index.pack(ordinal)]);
        BigEndian.putInt(entry, 36, index.offset(ordinal));
        BigEndian.putInt(entry, 40, index.storedLength(ordinal));
        BigEndian.putInt(entry, 44, index.kind(ordinal).mark(index.rawLength(ordinal)));
    }

    /** By id; of one id the entry of the latest index first. */
    @Override
    public int compareTo(IndexCursor other) {
        int order = BlobId.compare(a, b, c, d, other.a, other.b, other.c, other.d);
        return order == 0 ? Integer.compare(other.age, age) : order;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
