package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file that is to be compared or written. Its state is set by one thread at a time. */
final class Pending {
    private final FileEntry entry;
    private final Folders.Folder folder;
    private @Nullable Pending same;
    private volatile boolean isDone;

    Pending(FileEntry entry, Folders.Folder folder) {
        this.entry = entry;
        this.folder = folder;
    }

    FileEntry entry() {
        return entry;
    }

    /** The folder that the file goes to. */
    Path folder() {
        return folder.path();
    }

    Folders.Folder parent() {
        return folder;
    }

    Path file() {
        return folder.file(entry.path());
    }

    /** Another file with the same bytes, or null. */
    @Nullable
    Pending same() {
        return same;
    }

    /** Puts this before others with the same bytes. */
    Pending before(@Nullable Pending others) {
        this.same = others;
        return this;
    }

    boolean isDone() {
        return isDone;
    }

    void done() {
        isDone = true;
    }
}
