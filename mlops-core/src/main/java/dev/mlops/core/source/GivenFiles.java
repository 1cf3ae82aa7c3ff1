package dev.mlops.core.source;

import dev.mlops.api.dataset.FileSource;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Files that somebody gives one by one. Confined to one thread at a time. */
public final class GivenFiles implements SourceFiles {
    private final Iterator<FileSource> files;
    private final PathFilter filter;
    private @Nullable SourceFile next;

    /** Takes those of the files that a filter takes. */
    public GivenFiles(Iterator<FileSource> files, PathFilter filter) {
        this.files = files;
        this.filter = filter;
    }

    @Override
    public Order order() {
        return Order.ANY;
    }

    @Override
    public boolean hasNext() {
        while (next == null && files.hasNext()) {
            FileSource file = files.next();
            if (filter.takes(file.path())) {
                next = SourceFile.ofBody(file.path(), file.body());
            }
        }
        return next != null;
    }

    @Override
    public SourceFile next() {
        SourceFile result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }
}
