package dev.mlops.core.pack;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/** Reads what a pack holds from the pack itself. */
public final class PackFooter {
    private static final int FIRST_READ = 64 * 1024;
    private static final int LEAST = PackLayout.HEADER + PackLayout.ENTRY + PackLayout.FOOTER_END + PackLayout.TRAILER;
    private static final int MOST_FOOTER = PackLayout.MAX_ENTRIES * PackLayout.ENTRY + PackLayout.FOOTER_END;

    private PackFooter() {}

    /** The key of a pack in the object store. */
    public static String key(String packId) {
        return PackLayout.key(packId);
    }

    /** True if a pack can begin with these 8 bytes. */
    public static boolean isStart(byte[] bytes) {
        byte[] header = new byte[PackLayout.HEADER];
        PackLayout.writeHeader(header);
        return Arrays.equals(bytes, header);
    }

    /**
     * Reads the footer of a pack, with one request if it has at most 1,488 blobs, else with two.
     *
     * @param packId its id
     * @param size the size of its object
     * @return its blobs in the order of their offsets, 44 bytes of memory each
     * @throws IntegrityException if this is not the pack of that id; names the object
     * @throws dev.mlops.api.error.NotFoundException if there is no such object
     * @throws UnavailableException if it cannot be read
     */
    public static List<PackEntry> read(ObjectStore objects, String packId, long size) {
        String key = key(packId);
        if (size < LEAST || size > Integer.MAX_VALUE) {
            throw new IntegrityException("object %s has %d bytes, which is no pack".formatted(key, size));
        }
        int tailLength = (int) Math.min(size, FIRST_READ);
        byte[] tail = range(objects, key, size - tailLength, tailLength);
        int footerLength = footerLength(key, tail, size);
        byte[] footer = footerLength <= tailLength - PackLayout.TRAILER
                ? Arrays.copyOfRange(
                        tail, tailLength - PackLayout.TRAILER - footerLength, tailLength - PackLayout.TRAILER)
                : whole(objects, key, tail, size, footerLength);
        check(key, packId, footer);
        return PackLayout.checked(key, footer, size - PackLayout.TRAILER - footerLength);
    }

    private static int footerLength(String key, byte[] tail, long size) {
        int trailer = tail.length - PackLayout.TRAILER;
        int magic = BigEndian.intAt(tail, trailer + 8);
        if (magic != PackLayout.END_MAGIC) {
            throw new IntegrityException("object %s is no pack: it ends in %08x".formatted(key, magic));
        }
        int version = BigEndian.intAt(tail, trailer + 4);
        if (version != PackLayout.VERSION) {
            throw new IntegrityException("object %s is a pack of version %d, this release reads version %d only"
                    .formatted(key, version, PackLayout.VERSION));
        }
        int length = BigEndian.intAt(tail, trailer);
        boolean isWhole = (length - PackLayout.FOOTER_END) % PackLayout.ENTRY == 0;
        if (length <= PackLayout.FOOTER_END
                || length > MOST_FOOTER
                || length > size - PackLayout.HEADER - PackLayout.TRAILER
                || !isWhole) {
            throw new IntegrityException(
                    "object %s of %d bytes cannot have a footer of %d".formatted(key, size, length));
        }
        return length;
    }

    private static byte[] whole(ObjectStore objects, String key, byte[] tail, long size, int footerLength) {
        int known = tail.length - PackLayout.TRAILER;
        int missing = footerLength - known;
        byte[] start = range(objects, key, size - PackLayout.TRAILER - footerLength, missing);
        byte[] footer = Arrays.copyOf(start, footerLength);
        System.arraycopy(tail, 0, footer, missing, known);
        return footer;
    }

    private static void check(String key, String packId, byte[] footer) {
        String found = PackLayout.id(footer, footer.length);
        if (!found.equals(packId)) {
            throw new IntegrityException("object %s is damaged: the digest of its footer is %s".formatted(key, found));
        }
        int count = BigEndian.intAt(footer, footer.length - 4);
        if (count != (footer.length - PackLayout.FOOTER_END) / PackLayout.ENTRY) {
            throw new IntegrityException(
                    "object %s: its footer of %d bytes says %d blobs".formatted(key, footer.length, count));
        }
    }

    private static byte[] range(ObjectStore objects, String key, long offset, int length) {
        try (InputStream in = objects.get(key, offset, length)) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new IntegrityException("object %s is shorter than it should be: %d bytes at %d, not %d"
                        .formatted(key, bytes.length, offset, length));
            }
            return bytes;
        } catch (InvalidInputException e) {
            throw new IntegrityException(
                    "object %s is shorter than it should be: nothing at %d".formatted(key, offset), e);
        } catch (IOException e) {
            if (e.getCause() instanceof MlopsException ours) {
                throw ours;
            }
            throw new UnavailableException("cannot read the footer of object %s: %s".formatted(key, e), e);
        }
    }
}
