package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a manifest line by line, with bounded memory, and believes nothing: the version, each path, digest and size, the
 * order, and the totals are checked ({@link IntegrityException}). Confined to one thread.
 */
final class ManifestReader implements Iterator<FileEntry>, AutoCloseable {
    private final InputStream in;
    private final LineReader lines;
    private final ManifestHeader header;
    private @Nullable FileEntry next;
    private String last = "";
    private long files;
    private long bytes;

    /** Reads the first line; closes the stream if that fails, or when it is closed itself. */
    ManifestReader(InputStream in) {
        this.in = in;
        this.lines = new LineReader(in, 0);
        boolean done = false;
        try {
            header = readHeader();
            done = true;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private ManifestHeader readHeader() {
        if (!advance()) {
            throw new IntegrityException("manifest is empty");
        }
        return ManifestFormat.header(lines.buffer(), lines.start(), lines.length());
    }

    /** What the first line says. */
    ManifestHeader header() {
        return header;
    }

    @Override
    public boolean hasNext() {
        if (next == null && advance()) {
            next = check(ManifestFormat.entry(lines.buffer(), lines.start(), lines.length()));
        } else if (next == null && (files != header.files() || bytes != header.bytes())) {
            throw new IntegrityException("manifest has %d files with %d bytes, but says it has %d with %d"
                    .formatted(files, bytes, header.files(), header.bytes()));
        }
        return next != null;
    }

    @Override
    public FileEntry next() {
        FileEntry result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }

    private boolean advance() {
        try {
            return lines.advance();
        } catch (IOException e) {
            throw ReadFailures.of("cannot read the manifest", e);
        }
    }

    private FileEntry check(FileEntry entry) {
        if (PathOrder.BY_CODE_POINT.compare(last, entry.path()) >= 0) {
            throw new IntegrityException("manifest is not sorted: '%s' comes after '%s'".formatted(entry.path(), last));
        }
        if (++files > header.files() || entry.size() > header.bytes() - bytes) {
            throw new IntegrityException("manifest has more than the %d files with %d bytes that it says it has"
                    .formatted(header.files(), header.bytes()));
        }
        last = entry.path();
        bytes += entry.size();
        return entry;
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw ReadFailures.of("cannot close the manifest", e);
        }
    }
}
