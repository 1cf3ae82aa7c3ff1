package dev.mlops.core.checkout;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileQuery;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.file.PathOrder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells which files need not be read because the last checkout left them as they should be now. For that a file must have
 * its recorded size and time, must have had the same bytes in what was checked out, and must not have been changed in any
 * way since: a program can set a file's modification time back, but not its change time. Is asked in the order of paths;
 * confined to one thread.
 */
final class Trust {
    /** Trusts nothing. */
    static final Trust NONE = new Trust(null, Collections.emptyIterator());

    private final @Nullable Journal journal;
    private final Iterator<FileEntry> before;
    private @Nullable FileEntry next;

    private Trust(@Nullable Journal journal, Iterator<FileEntry> before) {
        this.journal = journal;
        this.before = before;
        advance();
    }

    /** Trusts a journal, if there is one for at least these files. */
    static Trust of(Optional<Journal> journal, FileQuery query, VersionFiles files) {
        if (journal.isPresent()) {
            boolean all = journal.get().query().equals(Journal.ALL);
            if (all || journal.get().query().equals(Journal.digest(query))) {
                return new Trust(journal.get(), open(journal.get(), all ? FileQuery.ALL : query, files));
            }
        }
        return NONE;
    }

    /** A version that was deleted meanwhile tells nothing. */
    private static Iterator<FileEntry> open(Journal journal, FileQuery query, VersionFiles files) {
        try {
            return files.of(journal.manifest(), query);
        } catch (NotFoundException | IntegrityException e) {
            return Collections.emptyIterator();
        }
    }

    private void advance() {
        try {
            next = before.hasNext() ? before.next() : null;
        } catch (NotFoundException | IntegrityException e) {
            next = null;
        }
    }

    /**
     * True if a file of the right size is known to be right.
     *
     * @param modified its modification time
     */
    boolean isRight(FileEntry entry, Path file, Instant modified) throws IOException {
        if (journal == null || !isRecorded(entry, modified)) {
            return false;
        }
        while (next != null && PathOrder.BY_CODE_POINT.compare(next.path(), entry.path()) < 0) {
            advance();
        }
        return next != null
                && next.path().equals(entry.path())
                && next.hasSameBytesAs(entry)
                && Journal.changed(file).toInstant().isBefore(journal.at());
    }

    /** True if a time is the recorded one, as far as that was recorded. */
    static boolean isRecorded(FileEntry entry, Instant modified) {
        return entry.modifiedAt() != null
                && modified.truncatedTo(ChronoUnit.MILLIS)
                        .equals(entry.modifiedAt().truncatedTo(ChronoUnit.MILLIS));
    }
}
