package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The SHA-256 of each block of 1 MiB of a content (the last may be shorter), which lets a range be verified without
 * reading the rest. A content of one block needs no more than its own digest. Immutable.
 *
 * <p>The stored form, of a content of more than one block: the eight bytes {@code MLOPSBL1}, the digest of the content,
 * its size as a big-endian 64-bit number, 32 bytes a block, and the SHA-256 of all that.
 *
 * @param size bytes of the content
 * @param digests one a block; at least one
 */
record Blocks(long size, List<Sha256> digests) {
    static final int BLOCK = 1024 * 1024;

    private static final byte[] MAGIC = "MLOPSBL1".getBytes(StandardCharsets.US_ASCII);
    private static final int DIGEST = 32;
    private static final int HEADER = MAGIC.length + DIGEST + Long.BYTES;

    Blocks {
        digests = List.copyOf(digests);
        if (size < 0 || digests.size() != count(size)) {
            throw new IllegalArgumentException(digests.size() + " blocks for " + size + " bytes");
        }
    }

    /** How many blocks a content of this size has. */
    static long count(long size) {
        return Math.max(1, (size + BLOCK - 1) / BLOCK);
    }

    /** How many bytes the stored form has for a content of this size. */
    static long storedSize(long size) {
        return HEADER + count(size) * DIGEST + DIGEST;
    }

    /** The bytes of block {@code index}. */
    int length(int index) {
        return (int) Math.min(BLOCK, size - (long) index * BLOCK);
    }

    /** The stored form; {@code content} is the digest of the whole. */
    byte[] toBytes(Sha256 content) {
        ByteBuffer out = ByteBuffer.allocate(Math.toIntExact(storedSize(size)));
        putHeader(out, content, size);
        digests.forEach(digest -> out.put(HexFormat.of().parseHex(digest.hex())));
        MessageDigest check = Sha256.newDigest();
        check.update(out.array(), 0, out.position());
        return out.put(check.digest()).array();
    }

    /**
     * Reads the stored form.
     *
     * @throws IntegrityException if it is damaged or is that of another content
     */
    static Blocks parse(byte[] bytes, Sha256 content, long size) {
        if (bytes.length != storedSize(size) || !hasHeader(bytes, content, size) || !isIntact(bytes)) {
            throw new IntegrityException("the block digests of content " + content + " are damaged");
        }
        Sha256[] digests = new Sha256[Math.toIntExact(count(size))];
        for (int i = 0; i < digests.length; i++) {
            int start = HEADER + i * DIGEST;
            digests[i] = Sha256.ofDigest(Arrays.copyOfRange(bytes, start, start + DIGEST));
        }
        return new Blocks(size, Arrays.asList(digests));
    }

    private static boolean hasHeader(byte[] bytes, Sha256 content, long size) {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        putHeader(header, content, size);
        return Arrays.equals(bytes, 0, HEADER, header.array(), 0, HEADER);
    }

    private static boolean isIntact(byte[] bytes) {
        int checked = bytes.length - DIGEST;
        MessageDigest check = Sha256.newDigest();
        check.update(bytes, 0, checked);
        return Arrays.equals(check.digest(), Arrays.copyOfRange(bytes, checked, bytes.length));
    }

    private static void putHeader(ByteBuffer out, Sha256 content, long size) {
        out.put(MAGIC).put(HexFormat.of().parseHex(content.hex())).putLong(size);
    }
}
