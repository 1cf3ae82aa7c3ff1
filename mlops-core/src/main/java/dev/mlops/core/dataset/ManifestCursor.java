package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Goes from file to file in a part of a manifest and knows where each line begins. Confined to one thread. */
final class ManifestCursor {
    private final LineReader lines;
    private @Nullable FileEntry entry;
    private boolean isAhead;

    /** Begins before the line that begins at an offset, from where the stream reads. */
    ManifestCursor(InputStream in, long offset) {
        this.lines = new LineReader(in, offset);
    }

    /** Goes over the first line of the manifest. */
    void skipHeader() {
        if (!nextLine()) {
            throw new IntegrityException("manifest is empty");
        }
        ManifestFormat.header(lines.buffer(), lines.start(), lines.length());
    }

    /** Goes on until the next file is {@code path} or one after it. */
    void skipBefore(String path) {
        while (advance()) {
            if (PathOrder.BY_CODE_POINT.compare(entry().path(), path) >= 0) {
                isAhead = true;
                return;
            }
        }
    }

    /** Goes to the next file; false at the end. */
    boolean advance() {
        if (isAhead) {
            isAhead = false;
            return true;
        }
        boolean found = nextLine();
        entry = found ? ManifestFormat.entry(lines.buffer(), lines.start(), lines.length()) : null;
        return found;
    }

    private boolean nextLine() {
        try {
            return lines.advance();
        } catch (IOException e) {
            throw ReadFailures.of("cannot read the manifest", e);
        }
    }

    /** The file at hand, after {@link #advance} said that there is one. */
    FileEntry entry() {
        if (entry == null) {
            throw new IllegalStateException("advance() did not find a file");
        }
        return entry;
    }

    /** Where the line of the file at hand begins. */
    long offset() {
        return lines.offset();
    }
}
