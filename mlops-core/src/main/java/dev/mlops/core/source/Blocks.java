package dev.mlops.core.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Blocks of records one after the other: the length, a CRC-32C (RFC 3720) of the bytes, the bytes. */
final class Blocks {
    /** After so many bytes a block is to be ended. */
    static final int FULL = 64 * 1024;

    private static final int LIMIT = 4 * FULL;
    private static final int HEADER = 8;

    private Blocks() {}

    static void write(RecordWriter records, OutputStream out) throws IOException {
        int checksum = checksum(records.buffer(), records.size());
        out.write(ByteBuffer.allocate(HEADER)
                .putInt(records.size())
                .putInt(checksum)
                .array());
        out.write(records.buffer(), 0, records.size());
        records.clear();
    }

    /** Reads the next block; false at the end. {@link IOException} if it is damaged. */
    static boolean read(InputStream in, RecordReader records) throws IOException {
        byte[] header = in.readNBytes(HEADER);
        if (header.length == 0) {
            return false;
        }
        if (header.length < HEADER) {
            throw new EOFException("a block ends early");
        }
        int length = ByteBuffer.wrap(header).getInt();
        if (length <= 0 || length > LIMIT) {
            throw new IOException("a block of " + length + " bytes");
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("a block ends early");
        }
        if (checksum(bytes, length) != ByteBuffer.wrap(header).getInt(4)) {
            throw new IOException("the checksum of a block is wrong");
        }
        records.read(bytes);
        return true;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
