package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The id of a blob, 32 bytes as four numbers, most significant first; compared without sign, which is the order of the
 * bytes. Immutable.
 */
public record BlobId(long a, long b, long c, long d) implements Comparable<BlobId> {
    /** How many bytes an id has. */
    public static final int BYTES = 32;

    private static final HexFormat HEX = HexFormat.of();

    /** The id that a digest is. */
    public static BlobId of(Sha256 digest) {
        String hex = digest.hex();
        return new BlobId(
                HexFormat.fromHexDigitsToLong(hex, 0, 16),
                HexFormat.fromHexDigitsToLong(hex, 16, 32),
                HexFormat.fromHexDigitsToLong(hex, 32, 48),
                HexFormat.fromHexDigitsToLong(hex, 48, 64));
    }

    /** The id that a finished digest of 32 bytes is. */
    public static BlobId ofDigest(byte[] digest32) {
        if (digest32.length != BYTES) {
            throw new InvalidInputException("length of a blob id", digest32.length, "must be " + BYTES);
        }
        return BigEndian.idAt(digest32, 0);
    }

    /** Reads the next 32 bytes, whatever the buffer's byte order. */
    public static BlobId read(ByteBuffer buffer) {
        byte[] bytes = new byte[BYTES];
        buffer.get(bytes);
        return BigEndian.idAt(bytes, 0);
    }

    /** Writes 32 bytes, whatever the buffer's byte order. */
    public void write(ByteBuffer buffer) {
        ByteOrder order = buffer.order();
        buffer.order(ByteOrder.BIG_ENDIAN)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .order(order);
    }

    /** The id as the digest that it is; for the top node of a list that of the whole content. */
    public Sha256 sha256() {
        return new Sha256(hex());
    }

    /** 64 lower-case hexadecimal digits. */
    public String hex() {
        return HEX.toHexDigits(a) + HEX.toHexDigits(b) + HEX.toHexDigits(c) + HEX.toHexDigits(d);
    }

    @Override
    public int compareTo(BlobId other) {
        return compare(a, b, c, d, other.a, other.b, other.c, other.d);
    }

    static int compare(long a, long b, long c, long d, long e, long f, long g, long h) {
        int order = Long.compareUnsigned(a, e);
        if (order == 0) {
            order = Long.compareUnsigned(b, f);
        }
        if (order == 0) {
            order = Long.compareUnsigned(c, g);
        }
        return order == 0 ? Long.compareUnsigned(d, h) : order;
    }

    @Override
    public int hashCode() {
        return (int) (a ^ d);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlobId that && a == that.a && b == that.b && c == that.c && d == that.d;
    }

    @Override
    public String toString() {
        return hex();
    }
}
