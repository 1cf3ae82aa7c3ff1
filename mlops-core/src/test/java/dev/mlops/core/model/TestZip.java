package dev.mlops.core.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Builds zips in memory, among them such as no honest program writes. */
final class TestZip {
    private static final int DIRECTORY_ENTRY = 0x02014b50;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ZipArchiveOutputStream zip = new ZipArchiveOutputStream(bytes);

    TestZip entry(String name, byte[] content) {
        return entry(name, 0, content);
    }

    TestZip entry(String name, int unixMode, byte[] content) {
        try {
            ZipArchiveEntry entry = new ZipArchiveEntry(name);
            if (unixMode != 0) {
                entry.setUnixMode(unixMode);
            }
            zip.putArchiveEntry(entry);
            zip.write(content);
            zip.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    byte[] bytes() {
        try {
            zip.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Overwrites a 16-bit field of the first entry of the directory. */
    static byte[] withField16(byte[] zip, int field, int value) {
        byte[] changed = zip.clone();
        ByteBuffer buffer = littleEndian(changed);
        buffer.putShort(firstDirectoryEntry(buffer) + field, (short) value);
        return changed;
    }

    /** Overwrites a 32-bit field of the first entry of the directory. */
    static byte[] withField32(byte[] zip, int field, int value) {
        byte[] changed = zip.clone();
        ByteBuffer buffer = littleEndian(changed);
        buffer.putInt(firstDirectoryEntry(buffer) + field, value);
        return changed;
    }

    private static ByteBuffer littleEndian(byte[] zip) {
        return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static int firstDirectoryEntry(ByteBuffer buffer) {
        for (int i = 0; i < buffer.limit() - 4; i++) {
            if (buffer.getInt(i) == DIRECTORY_ENTRY) {
                return i;
            }
        }
        throw new IllegalArgumentException("no directory");
    }
}
