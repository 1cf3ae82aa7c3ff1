package dev.mlops.core.source;

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
    private static final int NAME = 46;
    private static final int END_SIZE = 22;

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

    /** Repeats the only entry of the directory under names that begin with other letters: all share the same bytes. */
    static byte[] withTwins(byte[] zip, String firstLetters) {
        int directory = firstDirectoryEntry(littleEndian(zip));
        int end = zip.length - END_SIZE;
        ByteBuffer result = littleEndian(new byte[zip.length + (firstLetters.length() - 1) * (end - directory)]);
        result.put(zip, 0, directory);
        for (int i = 0; i < firstLetters.length(); i++) {
            int entry = result.position();
            result.put(zip, directory, end - directory);
            result.put(entry + NAME, (byte) firstLetters.charAt(i));
        }
        int newEnd = result.position();
        result.put(zip, end, END_SIZE);
        result.putShort(newEnd + 8, (short) firstLetters.length());
        result.putShort(newEnd + 10, (short) firstLetters.length());
        result.putInt(newEnd + 12, newEnd - directory);
        byte[] bytes = new byte[result.position()];
        result.flip().get(bytes);
        return bytes;
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
