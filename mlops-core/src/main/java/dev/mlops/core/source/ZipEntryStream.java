package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Reads an entry, counts it, and checks at its end that it had the size and the checksum that the archive says. */
final class ZipEntryStream extends FilterInputStream {
    private final ZipArchiveEntry entry;
    private final ArchiveBudget budget;
    private final CRC32 checksum = new CRC32();
    private long given;

    private ZipEntryStream(InputStream in, ZipArchiveEntry entry, ArchiveBudget budget) {
        super(in);
        this.entry = entry;
        this.budget = budget;
    }

    /**
     * Finds where the bytes of an entry begin. The parser does so when an entry is first opened, with a buffer and a
     * position that all entries share; done beforehand, by one thread, it leaves opening and reading safe for several.
     */
    static void locate(ZipFile zip, ZipArchiveEntry entry) throws IOException {
        try (InputStream found = zip.getRawInputStream(entry)) {
            if (found == null) {
                throw broken(entry, "has no bytes in the archive", null);
            }
        } catch (FileSystemException | InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw broken(entry, e);
        }
    }

    static InputStream open(ZipFile zip, ZipArchiveEntry entry, ArchiveBudget budget) throws IOException {
        try {
            InputStream in = zip.getInputStream(entry);
            if (in == null) {
                throw broken(entry, "has no bytes in the archive", null);
            }
            return new ZipEntryStream(in, entry, budget);
        } catch (FileSystemException | InvalidInputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw broken(entry, e);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int count = readOn(bytes, offset, length);
        if (count < 0) {
            checkEnd();
        } else {
            given += count;
            checksum.update(bytes, offset, count);
            budget.add(entry.getName(), given, count, entry.getCompressedSize());
        }
        return count;
    }

    private int readOn(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw broken(entry, e);
        }
    }

    private void checkEnd() {
        if (given != entry.getSize()) {
            throw broken(entry, "has %d bytes in place of %d".formatted(given, entry.getSize()), null);
        }
        if (checksum.getValue() != entry.getCrc()) {
            throw broken(entry, "is damaged: its checksum is wrong", null);
        }
    }

    /** Skipped bytes would escape the count. */
    @Override
    public long skip(long count) throws IOException {
        return count <= 0 ? 0 : Math.max(0, read(new byte[(int) Math.min(count, 8192)]));
    }

    @Override
    public boolean markSupported() {
        return false;
    }

    private static InvalidInputException broken(ZipArchiveEntry entry, Exception cause) {
        return broken(entry, "is truncated or damaged: " + cause.getMessage(), cause);
    }

    private static InvalidInputException broken(ZipArchiveEntry entry, String how, @Nullable Throwable cause) {
        return new InvalidInputException("zip entry", entry.getName(), how, cause);
    }
}
