package dev.mlops.core.pack;

/**
 * The parts of an index, most significant byte first.
 *
 * <pre>
 * header   "MLIX", version u32, number of packs u32, number of entries u32
 * packs    for each: id 32
 * fan-out  256 times u32: how many entries have an id whose first byte is at most i
 * entries  sorted by id: id 32, number of the pack u32, offset u32, stored length u32,
 *          raw length u32 with the kind in its top bit
 * digest   SHA-256 of all before
 * </pre>
 *
 * The id of the index is that digest. A blob in several packs may have an entry for each; those lie side by side.
 */
final class IndexLayout {
    static final int VERSION = 1;
    static final int MAGIC = 0x4d4c4958;
    static final int HEADER = 16;
    static final int FAN_OUT = 256;
    static final int ENTRY = BlobId.BYTES + 16;
    static final int DIGEST = 32;

    private IndexLayout() {}

    static int fanOutAt(int packs) {
        return HEADER + packs * BlobId.BYTES;
    }

    static int entriesAt(int packs) {
        return fanOutAt(packs) + FAN_OUT * 4;
    }

    static long size(long packs, long entries) {
        return HEADER + packs * BlobId.BYTES + FAN_OUT * 4 + entries * ENTRY + DIGEST;
    }

    static String key(String indexId) {
        return "index/%s/%s".formatted(indexId.substring(0, 2), indexId);
    }
}
