package dev.mlops.core.pack;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An index: which blobs lie where in which packs. Entries have ordinals from 0 in ascending order of their ids. All of it
 * was checked when it was opened. Immutable, so thread-safe.
 */
public final class BlobIndex implements AutoCloseable {
    private static final int GUESSES = 3;

    private final String id;
    private final List<String> packIds;
    private final int blobs;
    private final int fanOutAt;
    private final int entriesAt;
    private volatile @Nullable ByteBuffer buffer;

    private BlobIndex(String id, List<String> packIds, int blobs, ByteBuffer buffer) {
        this.id = id;
        this.packIds = packIds;
        this.blobs = blobs;
        this.fanOutAt = IndexLayout.fanOutAt(packIds.size());
        this.entriesAt = IndexLayout.entriesAt(packIds.size());
        this.buffer = buffer;
    }

    /**
     * Maps the index in a file and checks it. The file may be deleted while it is open where the system allows that, but
     * must not be cut or changed.
     *
     * @throws IntegrityException if it is not the index of that id
     * @throws UnavailableException if the file cannot be read
     */
    public static BlobIndex open(Path file, String expectedId) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new IntegrityException(
                        "index %s has %d bytes; the most is %d".formatted(expectedId, size, Integer.MAX_VALUE));
            }
            return of(channel.map(MapMode.READ_ONLY, 0, size), expectedId);
        } catch (IOException e) {
            throw new UnavailableException("cannot read index %s from %s: %s".formatted(expectedId, file, e), e);
        }
    }

    /**
     * Checks the index in an array, which must not be changed afterwards.
     *
     * @throws IntegrityException if it is not the index of that id
     */
    static BlobIndex of(byte[] bytes, String expectedId) {
        try {
            return of(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), expectedId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Checks all of an index as it goes by, without keeping it.
     *
     * @param size how many bytes it should have
     * @throws IntegrityException if it is not the index of that id
     */
    public static void check(InputStream in, long size, String expectedId) throws IOException {
        IndexCheck.of(in, size, expectedId).run();
    }

    private static BlobIndex of(ByteBuffer buffer, String expectedId) throws IOException {
        IndexCheck check = IndexCheck.of(buffer, expectedId);
        check.run();
        return new BlobIndex(expectedId, check.packIds(), check.entries(), buffer);
    }

    private ByteBuffer buffer() {
        ByteBuffer open = buffer;
        if (open == null) {
            throw new IllegalStateException("index " + id + " is closed");
        }
        return open;
    }

    /** The ordinal of a blob, or -1. If it lies in several packs, the one that was indexed last. */
    public long find(BlobId blob) {
        return find(blob.a(), blob.b(), blob.c(), blob.d());
    }

    /** The ordinal of the blob with these four parts of an id, or -1. */
    public long find(long a, long b, long c, long d) {
        ByteBuffer index = buffer();
        int first = (int) (a >>> 56);
        int low = first == 0 ? 0 : index.getInt(fanOutAt + (first - 1) * 4);
        int high = index.getInt(fanOutAt + first * 4);
        int span = high - low;
        int guess = low + scaled(a << 8, span);
        for (int tries = 0; low < high; tries++) {
            int order = compare(index, guess, a, b, c, d);
            if (order == 0) {
                return firstCopy(index, guess, a, b, c, d);
            }
            // Ids are spread evenly, so the distance in value tells the distance in entries; hostile ones end in
            // halving.
            long distance = a - index.getLong(at(guess));
            if (order < 0) {
                low = guess + 1;
                guess = tries < GUESSES
                        ? Math.min(guess + 1 + scaled(distance << 8, span), high - 1)
                        : middle(low, high);
            } else {
                high = guess;
                guess = tries < GUESSES ? Math.max(guess - 1 - scaled(-distance << 8, span), low) : middle(low, high);
            }
        }
        return -1;
    }

    private static int middle(int low, int high) {
        return (low + high) >>> 1;
    }

    /** The part of {@code span} that {@code fraction} is of 2^64. */
    private static int scaled(long fraction, int span) {
        return (int) (((fraction >>> 32) * span) >>> 32);
    }

    private int at(int ordinal) {
        return entriesAt + ordinal * IndexLayout.ENTRY;
    }

    private int compare(ByteBuffer index, int ordinal, long a, long b, long c, long d) {
        int at = at(ordinal);
        int order = Long.compareUnsigned(index.getLong(at), a);
        if (order == 0) {
            order = BlobId.compare(
                    a, index.getLong(at + 8), index.getLong(at + 16), index.getLong(at + 24), a, b, c, d);
        }
        return order;
    }

    private int firstCopy(ByteBuffer index, int ordinal, long a, long b, long c, long d) {
        int first = ordinal;
        while (first > 0 && compare(index, first - 1, a, b, c, d) == 0) {
            first--;
        }
        return first;
    }

    /** The ordinal of another entry for the same blob, in a pack that was indexed earlier; -1 if there is none. */
    public long nextCopy(long ordinal) {
        int next = checked(ordinal) + 1;
        ByteBuffer index = buffer();
        int at = at(checked(ordinal));
        boolean isSame = next < blobs
                && compare(
                                index,
                                next,
                                index.getLong(at),
                                index.getLong(at + 8),
                                index.getLong(at + 16),
                                index.getLong(at + 24))
                        == 0;
        return isSame ? next : -1;
    }

    private int checked(long ordinal) {
        if (ordinal < 0 || ordinal >= blobs) {
            throw new IndexOutOfBoundsException("ordinal " + ordinal + " of " + blobs);
        }
        return (int) ordinal;
    }

    private int number(long ordinal, int field) {
        return buffer().getInt(at(checked(ordinal)) + BlobId.BYTES + field);
    }

    /** The number of the pack that holds a blob. */
    public int pack(long ordinal) {
        return number(ordinal, 0);
    }

    /** Where a blob starts in its pack. */
    public int offset(long ordinal) {
        return number(ordinal, 4);
    }

    /** How many bytes of its pack a blob takes. */
    public int storedLength(long ordinal) {
        return number(ordinal, 8);
    }

    /** How many bytes a blob has. */
    public int rawLength(long ordinal) {
        return BlobKind.unmark(number(ordinal, 12));
    }

    /** What a blob is. */
    public BlobKind kind(long ordinal) {
        return BlobKind.ofMarked(number(ordinal, 12));
    }

    /** The id of a blob. */
    public BlobId id(long ordinal) {
        return new BlobId(idPart(ordinal, 0), idPart(ordinal, 1), idPart(ordinal, 2), idPart(ordinal, 3));
    }

    long idPart(long ordinal, int part) {
        return buffer().getLong(at(checked(ordinal)) + part * 8);
    }

    /** The id of the index. */
    public String id() {
        return id;
    }

    /** How many packs it covers. */
    public int packs() {
        return packIds.size();
    }

    /** The id of the pack with a number from 0. */
    public String packId(int pack) {
        return packIds.get(pack);
    }

    /** How many entries it has. */
    public long blobs() {
        return blobs;
    }

    /** Lets go of the memory, which the system takes back some time later; nothing can be asked after it. Idempotent. */
    @Override
    public void close() {
        buffer = null;
    }
}
