package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The files in a tar, read from its first byte to its last as they are asked for. Small files are read into memory at
 * once and can then be read at any time; large ones must be read before the next file is asked for. Everything in it is
 * hostile until checked. Confined to one thread at a time, but for the reading of small files.
 */
final class TarFiles implements SourceFiles {
    private static final String ENTRY = "tar entry";
    private static final int SMALL = 1 << 20;

    private final String archive;
    private final CountedStream raw;
    private final TarHeaderGuard guard;
    private final TarArchiveInputStream tar;
    private final ArchiveBudget budget;
    private final ArchiveNames names;
    private @Nullable TarArchiveEntry current;
    private long number;
    private long given;
    private @Nullable SourceFile next;
    private @Nullable Iterator<SourceFile> emptyFolders;

    /**
     * Begins to read.
     *
     * @param archive what it is, for messages
     * @param raw the archive's own bytes
     * @param unpacked the tar that they hold; closed with this
     */
    TarFiles(String archive, CountedStream raw, InputStream unpacked, ArchiveOptions options) {
        this.archive = archive;
        this.raw = raw;
        this.guard = new TarHeaderGuard(archive, unpacked);
        this.tar = new TarArchiveInputStream(guard, StandardCharsets.UTF_8.name());
        this.budget = new ArchiveBudget(ENTRY, options.limits(), raw::count);
        this.names = new ArchiveNames(ENTRY, options, budget);
    }

    @Override
    public Order order() {
        return Order.DISTINCT;
    }

    @Override
    public boolean hasNext() {
        try {
            while (next == null && emptyFolders == null) {
                readOn();
            }
        } catch (IOException | RuntimeException e) {
            throw failure(e);
        }
        return next != null || (emptyFolders != null && emptyFolders.hasNext());
    }

    @Override
    public SourceFile next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        SourceFile result = next;
        next = null;
        if (result == null) {
            return emptyFolders == null ? List.<SourceFile>of().iterator().next() : emptyFolders.next();
        }
        return result;
    }

    private void readOn() throws IOException {
        skipRest();
        guard.beginHeader();
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
            finish();
            return;
        }
        guard.endHeader();
        given = 0;
        number++;
        current = entry;
        next = take(entry);
    }

    /** What nobody read is read too: it counts. */
    private void skipRest() throws IOException {
        if (current != null) {
            byte[] buffer = new byte[8192];
            for (int n = read(buffer, 0, buffer.length); n >= 0; n = read(buffer, 0, buffer.length)) {
                // counted by read
            }
            current = null;
        }
    }

    /** To the end of the bytes, where a packed stream has its checksum. */
    private void finish() throws IOException {
        guard.requireEnd();
        byte[] buffer = new byte[8192];
        long rest = 0;
        for (int n = guard.read(buffer); n >= 0; n = guard.read(buffer)) {
            rest += n;
            budget.add("the bytes after the last entry", rest, n, Long.MAX_VALUE);
        }
        emptyFolders = names.emptyFolders().iterator();
    }

    private @Nullable SourceFile take(TarArchiveEntry entry) throws IOException {
        String name = withoutDot(entry.getName());
        Instant modifiedAt = modifiedAt(entry);
        if (entry.isDirectory()) {
            if (!name.isEmpty()) {
                names.takeFolder(name, modifiedAt);
            }
            return null;
        }
        if (entry.isSymbolicLink()) {
            return link(entry, name, modifiedAt);
        }
        if (!names.takeFile(name)) {
            return null;
        }
        checkKind(entry, name);
        return entry.getRealSize() <= SMALL ? small(entry, name, modifiedAt) : large(entry, name, modifiedAt);
    }

    /** {@code tar c .} names everything {@code ./…}. */
    private static String withoutDot(String name) {
        if (name.equals(".") || name.equals("./")) {
            return "";
        }
        return name.startsWith("./") ? name.substring(2) : name;
    }

    private @Nullable SourceFile link(TarArchiveEntry entry, String name, @Nullable Instant modifiedAt) {
        if (!names.takeLink(name)) {
            return null;
        }
        names.checkTarget(name, entry.getLinkName());
        return SourceFile.ofLink(name, entry.getLinkName(), modifiedAt);
    }

    private void checkKind(TarArchiveEntry entry, String name) {
        if (entry.isLink()) {
            throw new InvalidInputException(
                    ENTRY, name, "is a hard link; put the file itself there, as tar --hard-dereference does");
        }
        if (!entry.isFile() || entry.isBlockDevice() || entry.isCharacterDevice() || entry.isFIFO()) {
            throw new InvalidInputException(ENTRY, name, "is no regular file");
        }
        if (!tar.canReadEntryData(entry)) {
            throw new InvalidInputException(ENTRY, name, "is packed in a way that cannot be read");
        }
    }

    private SourceFile small(TarArchiveEntry entry, String name, @Nullable Instant modifiedAt) throws IOException {
        byte[] bytes = new EntryStream(entry).readNBytes(SMALL + 1);
        if (bytes.length != entry.getRealSize()) {
            throw new InvalidInputException(
                    ENTRY, name, "has %d bytes in place of %d".formatted(bytes.length, entry.getRealSize()));
        }
        return SourceFile.ofBytes(name, bytes, modifiedAt);
    }

    private SourceFile large(TarArchiveEntry entry, String name, @Nullable Instant modifiedAt) {
        InputStream stream = new EntryStream(entry);
        return SourceFile.of(name, () -> stream, entry.getRealSize(), SourceFile.Reading.BEFORE_NEXT, modifiedAt);
    }

    private static @Nullable Instant modifiedAt(TarArchiveEntry entry) {
        FileTime time = entry.getLastModifiedTime();
        return time == null ? null : Instant.ofEpochMilli(time.toMillis());
    }

    private int read(byte[] bytes, int offset, int length) throws IOException {
        int n = tar.read(bytes, offset, length);
        if (n > 0 && current != null) {
            given += n;
            budget.add(current.getName(), given, n, Long.MAX_VALUE);
        }
        return n;
    }

    private RuntimeException failure(Exception e) {
        if (e instanceof MlopsException ours) {
            return ours;
        }
        IOException ofStream = raw.failure();
        if (ofStream != null) {
            return ReadFailures.of("cannot read " + archive, ofStream);
        }
        return new InvalidInputException(
                "archive", archive, "is truncated, damaged or no tar archive: " + e.getMessage(), e);
    }

    @Override
    public void close() throws IOException {
        names.close();
        tar.close();
    }

    /** The bytes of the current entry, up to its end, which must be where the entry says. */
    private final class EntryStream extends InputStream {
        private final TarArchiveEntry entry;
        private final long ofEntry = number;

        EntryStream(TarArchiveEntry entry) {
            this.entry = entry;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (number != ofEntry || current == null) {
                throw new IllegalStateException("the next entry was asked for before this one was read");
            }
            try {
                int n = TarFiles.this.read(bytes, offset, length);
                if (n < 0 && given != entry.getRealSize()) {
                    throw new InvalidInputException(
                            ENTRY,
                            entry.getName(),
                            "has %d bytes in place of %d".formatted(given, entry.getRealSize()));
                }
                return n;
            } catch (IOException | RuntimeException e) {
                throw failure(e);
            }
        }
    }
}
