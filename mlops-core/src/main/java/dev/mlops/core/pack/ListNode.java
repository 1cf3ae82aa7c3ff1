package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import java.security.MessageDigest;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * A node of the list of blobs that make up a content; most significant byte first:
 *
 * <pre>
 * "MLST", version u32, level u32, count u32
 * for each item: id 32, length u64
 * SHA-256 of all before
 * </pre>
 *
 * Items of level 1 are data blobs, items of level n are nodes of level n - 1. The digest lets a top node be checked, which
 * is stored under the SHA-256 of the content and not of itself. Immutable.
 */
public final class ListNode {
    /** No node has more items. */
    public static final int MAX_ITEMS = 4096;

    static final int MIN_ITEMS = 32;
    static final int HEADER = 16;
    static final int ITEM = BlobId.BYTES + 8;
    static final int DIGEST = 32;

    private static final int MAGIC = 0x4d4c5354;
    private static final int VERSION = 1;
    private static final int MAX_LEVEL = 12;

    private final byte[] bytes;
    private final int level;
    private final int count;
    private final long length;

    private ListNode(byte[] bytes, int level, int count, long length) {
        this.bytes = bytes;
        this.level = level;
        this.count = count;
        this.length = length;
    }

    /**
     * An item of a node.
     *
     * @param id the blob
     * @param length how many bytes of content it stands for, above 0
     */
    public record Item(BlobId id, long length) {}

    /** True if a node ends with this item, unless it has fewer than 32 items: about one id in 256. */
    public static boolean endsNode(BlobId item) {
        return (item.d() & 0xff) == 0;
    }

    /** The bytes of a node with 1 to 4096 items. */
    public static byte[] encode(int level, List<Item> items) {
        if (items.size() > MAX_ITEMS) {
            throw new InvalidInputException("items of a list node", items.size(), "must be 1 to " + MAX_ITEMS);
        }
        byte[] bytes = new byte[HEADER + items.size() * ITEM + DIGEST];
        int at = HEADER;
        for (Item item : items) {
            writeItem(bytes, at, item.id(), item.length());
            at += ITEM;
        }
        finish(bytes, level, items.size());
        return bytes;
    }

    static void writeItem(byte[] bytes, int at, BlobId id, long length) {
        if (length <= 0) {
            throw new InvalidInputException("length of blob " + id, length, "must be above 0");
        }
        BigEndian.putId(bytes, at, id);
        BigEndian.putLong(bytes, at + BlobId.BYTES, length);
    }

    /** Writes header and digest around the items of a node. */
    static void finish(byte[] bytes, int level, int count) {
        if (count < 1 || level < 1 || level > MAX_LEVEL) {
            throw new InvalidInputException(
                    "list node", "level %d with %d items".formatted(level, count), "has an item and a level up to 12");
        }
        BigEndian.putInt(bytes, 0, MAGIC);
        BigEndian.putInt(bytes, 4, VERSION);
        BigEndian.putInt(bytes, 8, level);
        BigEndian.putInt(bytes, 12, count);
        byte[] digest = digest(bytes);
        System.arraycopy(digest, 0, bytes, bytes.length - DIGEST, DIGEST);
    }

    private static byte[] digest(byte[] bytes) {
        MessageDigest digest = Sha256.newDigest();
        digest.update(bytes, 0, bytes.length - DIGEST);
        return digest.digest();
    }

    /**
     * Reads a node; {@code bytes} must not be changed afterwards.
     *
     * @throws IntegrityException if they are no node of a list
     */
    public static ListNode parse(byte[] bytes) {
        if (bytes.length < HEADER + ITEM + DIGEST || BigEndian.intAt(bytes, 0) != MAGIC) {
            throw new IntegrityException("list node of %d bytes does not start like one".formatted(bytes.length));
        }
        int version = BigEndian.intAt(bytes, 4);
        if (version != VERSION) {
            throw new IntegrityException(
                    "list node has version %d, this release reads version %d only".formatted(version, VERSION));
        }
        int level = BigEndian.intAt(bytes, 8);
        int count = BigEndian.intAt(bytes, 12);
        if (level < 1
                || level > MAX_LEVEL
                || count < 1
                || count > MAX_ITEMS
                || bytes.length != HEADER + count * ITEM + DIGEST) {
            throw new IntegrityException(
                    "list node of %d bytes cannot have level %d and %d items".formatted(bytes.length, level, count));
        }
        if (!MessageDigest.isEqual(digest(bytes), tail(bytes))) {
            throw new IntegrityException(
                    "list node of level %d with %d items is damaged: its digest is another".formatted(level, count));
        }
        return new ListNode(bytes, level, count, total(bytes, level, count));
    }

    private static byte[] tail(byte[] bytes) {
        byte[] tail = new byte[DIGEST];
        System.arraycopy(bytes, bytes.length - DIGEST, tail, 0, DIGEST);
        return tail;
    }

    private static long total(byte[] bytes, int level, int count) {
        long total = 0;
        for (int i = 0; i < count; i++) {
            long length = BigEndian.longAt(bytes, HEADER + i * ITEM + BlobId.BYTES);
            if (length <= 0 || length > Long.MAX_VALUE - total || (level == 1 && length > StoreFormat.MAX_BLOB)) {
                throw new IntegrityException("list node of level %d: item %d cannot have %d bytes after %d"
                        .formatted(level, i, length, total));
            }
            total += length;
        }
        return total;
    }

    /**
     * Reads the node that an item of this one stands for.
     *
     * @throws IntegrityException if these are not its bytes, so that no list can lead back to itself
     */
    public ListNode parseChild(int item, byte[] childBytes) {
        BlobId id = id(item);
        BlobId found = BlobId.ofDigest(Sha256.newDigest().digest(childBytes));
        if (!found.equals(id)) {
            throw new IntegrityException("list node %s is damaged: its digest is %s".formatted(id, found));
        }
        ListNode child = parse(childBytes);
        if (child.level != level - 1 || child.length != length(item)) {
            throw new IntegrityException("list node %s has level %d and %d bytes, its parent of level %d says %d bytes"
                    .formatted(id, child.level, child.length, level, length(item)));
        }
        return child;
    }

    /** 1 if the items are data blobs, else one more than that of the nodes that they are. */
    public int level() {
        return level;
    }

    /** How many items it has. */
    public int count() {
        return count;
    }

    /** How many bytes of content it stands for. */
    public long length() {
        return length;
    }

    /** The blob of an item. */
    public BlobId id(int item) {
        return BigEndian.idAt(bytes, at(item));
    }

    /** How many bytes of content an item stands for. */
    public long length(int item) {
        return BigEndian.longAt(bytes, at(item) + BlobId.BYTES);
    }

    private int at(int item) {
        if (item < 0 || item >= count) {
            throw new IndexOutOfBoundsException("item " + item + " of " + count);
        }
        return HEADER + item * ITEM;
    }

    /** The items, in the order of the content; a view. */
    public List<Item> items() {
        return new Items();
    }

    private final class Items extends AbstractList<Item> implements RandomAccess {
        @Override
        public Item get(int index) {
            return new Item(id(index), length(index));
        }

        @Override
        public int size() {
            return count;
        }
    }
}
