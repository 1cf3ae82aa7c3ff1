package dev.mlops.core.pack;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import dev.mlops.api.error.IntegrityException;
import java.util.Arrays;

/**
 * The stored form of a blob: one zstd frame (RFC 8878) that says its content size, or the bytes as they are when that is
 * not smaller. Stored as is exactly when the stored length equals the raw length. Confined to one thread.
 */
public final class BlobCodec implements AutoCloseable {
    private static final int TRIAL = 64 * 1024;

    /** A trial must save one part in this many, which is 5 %. */
    private static final int LEAST_SAVING = 20;

    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor;
    private final byte[] trial = new byte[(int) Zstd.compressBound(TRIAL)];

    /** A codec that compresses as a store does. */
    public BlobCodec(StoreFormat format) {
        compressor = new ZstdCompressCtx()
                .setLevel(format.level())
                .setContentSize(true)
                .setChecksum(false)
                .setDictID(false);
        decompressor = new ZstdDecompressCtx();
    }

    /** The most bytes that {@link #encode} writes for so many. */
    public static int maxStored(int length) {
        return length;
    }

    /**
     * Writes the stored form of a blob. It is compressed if that saves at least 5 % of its first 64 KiB (of all of it if it
     * is shorter) and anything of the whole.
     *
     * @param maybeCompressible false to store it as is without a trial, as for media that are compressed already
     * @param target has room for {@link #maxStored} bytes from {@code targetOffset}
     * @return how many bytes were written; equal to {@code length} if it is stored as is
     */
    public int encode(byte[] raw, int offset, int length, boolean maybeCompressible, byte[] target, int targetOffset) {
        int stored = maybeCompressible ? compress(raw, offset, length, target, targetOffset) : length;
        if (stored == length) {
            System.arraycopy(raw, offset, target, targetOffset, length);
        }
        return stored;
    }

    private int compress(byte[] raw, int offset, int length, byte[] target, int targetOffset) {
        int tried = Math.min(length, TRIAL);
        int size = compressor.compressByteArray(trial, 0, trial.length, raw, offset, tried);
        if (size > tried - Math.max(1, tried / LEAST_SAVING)) {
            return length;
        }
        if (tried < length) {
            return compressAll(raw, offset, length, target, targetOffset);
        }
        System.arraycopy(trial, 0, target, targetOffset, size);
        return size;
    }

    private int compressAll(byte[] raw, int offset, int length, byte[] target, int targetOffset) {
        try {
            return compressor.compressByteArray(target, targetOffset, length - 1, raw, offset, length);
        } catch (ZstdException e) {
            if (e.getErrorCode() == Zstd.errDstSizeTooSmall()) {
                return length;
            }
            throw e;
        }
    }

    /**
     * The raw bytes of a blob; whether they are the right ones is for the caller to check against the id.
     *
     * @throws IntegrityException if these bytes are not the stored form of {@code rawLength} bytes. That many are
     *     allocated only once the frame says so too.
     */
    public byte[] decode(byte[] stored, int offset, int storedLength, int rawLength) {
        checkLengths(stored, offset, storedLength, rawLength);
        if (storedLength == rawLength) {
            return Arrays.copyOfRange(stored, offset, offset + storedLength);
        }
        return decompress(stored, offset, storedLength, rawLength);
    }

    private static void checkLengths(byte[] stored, int offset, int storedLength, int rawLength) {
        if (storedLength < 0 || offset < 0 || offset > stored.length - storedLength) {
            throw new IntegrityException("blob of %d bytes at %d reaches past the %d bytes that were read"
                    .formatted(storedLength, offset, stored.length));
        }
        if (storedLength > rawLength || rawLength > StoreFormat.MAX_BLOB) {
            throw new IntegrityException("blob of %d raw bytes cannot be, stored as %d; the most is %d"
                    .formatted(rawLength, storedLength, StoreFormat.MAX_BLOB));
        }
    }

    /** One frame, not several, and not one to be skipped. */
    private static void checkFrame(byte[] stored, int offset, int storedLength, int rawLength) {
        long frame = storedLength == 0 ? 0 : frameLength(stored, offset, storedLength);
        if (frame != storedLength || frame == 0) {
            throw new IntegrityException("blob of %d stored bytes is not one zstd frame".formatted(storedLength));
        }
        long content = Zstd.getFrameContentSize(stored, offset, storedLength);
        if (content != rawLength) {
            throw new IntegrityException(
                    "blob says %d raw bytes, its zstd frame says %d".formatted(rawLength, content));
        }
    }

    private static long frameLength(byte[] stored, int offset, int storedLength) {
        try {
            return Zstd.findFrameCompressedSize(stored, offset, storedLength);
        } catch (ZstdException e) {
            throw undecodable(storedLength, e);
        }
    }

    private byte[] decompress(byte[] stored, int offset, int storedLength, int rawLength) {
        checkFrame(stored, offset, storedLength, rawLength);
        byte[] raw = new byte[rawLength];
        decompress(stored, offset, storedLength, rawLength, raw);
        return raw;
    }

    /**
     * As {@link #decode}, for a blob that is stored compressed, into a buffer that may be longer.
     *
     * @param target takes {@code rawLength} bytes from its start; what it holds after a failure is undefined
     */
    public void decodeInto(byte[] stored, int offset, int storedLength, int rawLength, byte[] target) {
        checkLengths(stored, offset, storedLength, rawLength);
        checkFrame(stored, offset, storedLength, rawLength);
        decompress(stored, offset, storedLength, rawLength, target);
    }

    private void decompress(byte[] stored, int offset, int storedLength, int rawLength, byte[] target) {
        try {
            int size = decompressor.decompressByteArray(target, 0, rawLength, stored, offset, storedLength);
            if (size != rawLength) {
                throw new IntegrityException("blob gave %d raw bytes, not %d".formatted(size, rawLength));
            }
        } catch (ZstdException e) {
            throw undecodable(storedLength, e);
        }
    }

    private static IntegrityException undecodable(int storedLength, ZstdException e) {
        return new IntegrityException(
                "blob of %d stored bytes cannot be decompressed: %s".formatted(storedLength, e.getMessage()), e);
    }

    /** Frees the native contexts. Idempotent. */
    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
