package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.core.cache.FileCache;
import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Makes files hard links to a cache, as long as the file system can. Thread-safe. */
final class CacheLinks {
    private final FileCache cache;
    private final Parts parts;
    private final Tally tally;
    private volatile boolean canLink = true;

    CacheLinks(FileCache cache, Parts parts, Tally tally) {
        this.cache = cache;
        this.parts = parts;
        this.tally = tally;
    }

    /** True if a file is to go through the cache. */
    boolean takes(FileEntry entry) {
        return canLink && entry.size() <= cache.maxBytes();
    }

    /** Links a file and all that have the same bytes; false if one was not linked because the cache does not have them. */
    boolean linkAll(Pending first) {
        for (Pending file = first; file != null; file = file.same()) {
            if (!file.isDone() && !link(file)) {
                return false;
            }
        }
        return true;
    }

    /** Adds bytes and links all files that have them; false if links cannot be made. */
    boolean addAndLink(Pending first, FileCache.Writer bytes) {
        cache.add(first.entry().sha256(), first.entry().size(), bytes);
        canLink = linkAll(first);
        return canLink;
    }

    /** Opens a content that was just added. */
    FileChannel open(FileEntry entry) {
        return cache.open(entry.sha256())
                .orElseThrow(() -> new UnavailableException(
                        "file '%s' was taken from the %s before it could be copied; its bound is too small"
                                .formatted(entry.path(), cache)));
    }

    private boolean link(Pending pending) {
        Path part = parts.in(pending.folder());
        if (!takes(pending.entry()) || !cache.linkTo(pending.entry().sha256(), part)) {
            return false;
        }
        try {
            try {
                Files.move(part, pending.file(), StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(part); // where both are links to one file, a move does nothing
            }
        } catch (IOException e) {
            throw ReadFailures.of("cannot link file " + pending.file(), e);
        }
        pending.done();
        tally.linked(pending.entry().size());
        return true;
    }
}
