package dev.mlops.core.pack;

/** What the bytes of a blob are. */
public enum BlobKind {
    /** Bytes of a content: all of a small one, or a chunk of a larger one. The id is their SHA-256. */
    DATA,
    /** A {@link ListNode}: which chunks make up a larger content, under whose SHA-256 the top node is found. */
    LIST;

    /** The bit that marks a list in a stored raw length. */
    private static final int LIST_BIT = 1 << 31;

    int mark(int rawLength) {
        return this == LIST ? rawLength | LIST_BIT : rawLength;
    }

    static BlobKind ofMarked(int marked) {
        return marked < 0 ? LIST : DATA;
    }

    static int unmark(int marked) {
        return marked & ~LIST_BIT;
    }
}
