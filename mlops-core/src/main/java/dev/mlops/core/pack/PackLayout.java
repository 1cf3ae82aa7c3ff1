package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * The parts of a pack: 8 bytes of header, the stored blobs one after the other, the footer, 12 bytes of trailer. Numbers
 * have their most significant byte first.
 *
 * <pre>
 * header   "MLPK", version u32
 * footer   for each blob: id 32, offset u32, stored length u32, raw length u32 with the kind in its top bit;
 *          nonce 16, count u32
 * trailer  length of the footer u32, version u32, "KPLM"
 * </pre>
 *
 * The id of the pack is the SHA-256 of the footer.
 */
final class PackLayout {
    static final int VERSION = 1;
    static final int HEADER = 8;
    static final int ENTRY = BlobId.BYTES + 12;
    static final int NONCE = 16;
    static final int FOOTER_END = NONCE + 4;
    static final int TRAILER = 12;
    static final int START_MAGIC = 0x4d4c504b;
    static final int END_MAGIC = 0x4b504c4d;

    /** Bounds the memory that a footer takes to read. */
    static final int MAX_ENTRIES = 65_536;

    private PackLayout() {}

    static void writeHeader(byte[] pack) {
        BigEndian.putInt(pack, 0, START_MAGIC);
        BigEndian.putInt(pack, 4, VERSION);
    }

    static void writeTrailer(byte[] target, int at, int footerLength) {
        BigEndian.putInt(target, at, footerLength);
        BigEndian.putInt(target, at + 4, VERSION);
        BigEndian.putInt(target, at + 8, END_MAGIC);
    }

    static void writeEntry(byte[] footer, int at, BlobId id, BlobKind kind, int offset, int stored, int raw) {
        BigEndian.putId(footer, at, id);
        BigEndian.putInt(footer, at + 32, offset);
        BigEndian.putInt(footer, at + 36, stored);
        BigEndian.putInt(footer, at + 40, kind.mark(raw));
    }

    /** Its key in the object store. */
    static String key(String packId) {
        return "pack/%s/%s".formatted(packId.substring(0, 2), packId);
    }

    static String id(byte[] footer, int length) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(footer, 0, length);
        return BlobId.ofDigest(digest.digest()).hex();
    }

    /** The entries of a footer whose digest was checked; throws if they do not fill the pack up to the footer exactly. */
    static List<PackEntry> checked(String object, byte[] footer, long footerStart) {
        int count = (footer.length - FOOTER_END) / ENTRY;
        long end = HEADER;
        for (int i = 0; i < count; i++) {
            int at = i * ENTRY + BlobId.BYTES;
            int offset = BigEndian.intAt(footer, at);
            int stored = BigEndian.intAt(footer, at + 4);
            int raw = BlobKind.unmark(BigEndian.intAt(footer, at + 8));
            if (offset != end || stored < 0 || stored > raw || raw > StoreFormat.MAX_BLOB) {
                throw new IntegrityException("object %s: blob %d cannot be at %d with %d stored and %d raw bytes"
                        .formatted(object, i, offset, stored, raw));
            }
            end += stored;
        }
        if (end != footerStart) {
            throw new IntegrityException(
                    "object %s: its blobs end at %d, its footer starts at %d".formatted(object, end, footerStart));
        }
        return new FooterEntries(footer, count);
    }

    static List<PackEntry> entries(byte[] footer, int count) {
        return new FooterEntries(footer, count);
    }

    /** The entries as they lie in a footer, 44 bytes each. */
    private static final class FooterEntries extends AbstractList<PackEntry> implements RandomAccess {
        private final byte[] footer;
        private final int count;

        FooterEntries(byte[] footer, int count) {
            this.footer = footer;
            this.count = count;
        }

        @Override
        public PackEntry get(int index) {
            if (index < 0 || index >= count) {
                throw new IndexOutOfBoundsException("entry " + index + " of " + count);
            }
            int at = index * ENTRY;
            int raw = BigEndian.intAt(footer, at + 40);
            return new PackEntry(
                    BigEndian.idAt(footer, at),
                    BlobKind.ofMarked(raw),
                    BigEndian.intAt(footer, at + 32),
                    BigEndian.intAt(footer, at + 36),
                    BlobKind.unmark(raw));
        }

        @Override
        public int size() {
            return count;
        }
    }
}
