package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.manifest.ManifestCursor;
import dev.mlops.core.manifest.StoredManifest;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** The files of a manifest that match a filter, by path. Confined to one thread. */
final class FilteredFiles implements Iterator<FileEntry> {
    private final ManifestCursor cursor;
    private final FileFilter filter;
    private @Nullable FileEntry next;

    FilteredFiles(StoredManifest manifest, FileFilter filter) {
        this.cursor = filter.prefix().isEmpty() ? manifest.entries() : manifest.from(filter.prefix());
        this.filter = filter;
        advance();
    }

    private void advance() {
        next = null;
        String path = cursor.peekPath();
        while (next == null && path != null && !filter.isPast(path)) {
            FileEntry entry = cursor.next();
            next = filter.matches(entry) ? entry : null;
            path = cursor.peekPath();
        }
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public FileEntry next() {
        FileEntry result = next;
        if (result == null) {
            throw new NoSuchElementException();
        }
        advance();
        return result;
    }
}
