package dev.mlops.core.pack;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Fills packs, one after the other, in one buffer of {@code packBytes}. Confined to one thread.
 *
 * <pre>
 * builder.add(...); … builder.finish(); (store it) builder.reset(); builder.add(...); …
 * </pre>
 */
public final class PackBuilder implements AutoCloseable {
    private static final SecureRandom NONCES = new SecureRandom();
    private static final int FIRST_ENTRIES = 256;
    private static final int FIRST_BYTES = 64 * 1024;

    private final BlobCodec codec;
    private final int packBytes;
    private byte[] pack;
    private byte[] footer = new byte[FIRST_ENTRIES * PackLayout.ENTRY];
    private int end;
    private int count;
    private boolean finished;

    /** A builder of empty packs, which closes {@code codec} when it is closed itself. */
    public PackBuilder(StoreFormat format, BlobCodec codec) {
        this.codec = codec;
        packBytes = format.packBytes();
        pack = new byte[Math.min(packBytes, FIRST_BYTES)];
        PackLayout.writeHeader(pack);
        reset();
    }

    /** True if a blob of so many raw bytes can be added, however badly it compresses. */
    public boolean fits(int rawLength) {
        return !finished
                && count < PackLayout.MAX_ENTRIES
                && BlobCodec.maxStored(rawLength) <= packBytes - end
                && rawLength <= StoreFormat.MAX_BLOB;
    }

    /**
     * Adds a blob that {@link #fits}.
     *
     * @param id its id, believed
     * @param maybeCompressible false to store it as is without a trial
     * @return where it lies
     * @throws IllegalStateException if it does not fit, or the pack is finished
     */
    public PackEntry add(BlobId id, BlobKind kind, byte[] raw, int offset, int length, boolean maybeCompressible) {
        if (!fits(length)) {
            throw new IllegalStateException("blob of %d bytes does not fit into a pack of %d bytes with %d blobs%s"
                    .formatted(length, end, count, finished ? ", which is finished" : ""));
        }
        reserve(BlobCodec.maxStored(length));
        int stored = codec.encode(raw, offset, length, maybeCompressible, pack, end);
        int at = count * PackLayout.ENTRY;
        if (at == footer.length) {
            footer = Arrays.copyOf(footer, 2 * at);
        }
        PackEntry entry = new PackEntry(id, kind, end, stored, length);
        PackLayout.writeEntry(footer, at, id, kind, end, stored, length);
        end += stored;
        count++;
        return entry;
    }

    private void reserve(int length) {
        if (length > pack.length - end) {
            int wanted = Math.max(end + length, 2 * pack.length);
            pack = Arrays.copyOf(pack, Math.min(wanted, packBytes));
        }
    }

    /** How many blobs it has. */
    public int count() {
        return count;
    }

    /** How long the pack is so far, without its footer. */
    public int bytes() {
        return end;
    }

    /** True if it has no blobs. */
    public boolean isEmpty() {
        return count == 0;
    }

    /**
     * Gives the pack under a new, random id; nothing can be added until {@link #reset}.
     *
     * @throws IllegalStateException if it is empty, or finished already
     */
    public FinishedPack finish() {
        if (finished || isEmpty()) {
            throw new IllegalStateException("a pack is finished once, with a blob in it; it has " + count);
        }
        finished = true;
        int nonceAt = count * PackLayout.ENTRY;
        int length = nonceAt + PackLayout.FOOTER_END;
        byte[] tail = new byte[length + PackLayout.TRAILER];
        System.arraycopy(footer, 0, tail, 0, nonceAt);
        System.arraycopy(nonce(), 0, tail, nonceAt, PackLayout.NONCE);
        BigEndian.putInt(tail, nonceAt + PackLayout.NONCE, count);
        PackLayout.writeTrailer(tail, length, length);
        return new FinishedPack(
                PackLayout.id(tail, length),
                new PackBody(pack, end, tail),
                end + tail.length,
                PackLayout.entries(tail, count));
    }

    private static byte[] nonce() {
        byte[] nonce = new byte[PackLayout.NONCE];
        NONCES.nextBytes(nonce);
        return nonce;
    }

    /** Empties it for the next pack; the body of the last one must not be read any more. */
    public void reset() {
        end = PackLayout.HEADER;
        count = 0;
        finished = false;
    }

    /** Frees the native memory of the codec. Idempotent. */
    @Override
    public void close() {
        codec.close();
    }
}
