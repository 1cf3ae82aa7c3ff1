package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Counts what an archive gives while it is read. The ratio is held for each entry of a zip, against what the entry says
 * that it has, and for the whole, against what the archive really has: entries may lie about their size and may share
 * bytes. Thread-safe.
 */
final class ArchiveBudget {
    private static final long UNSUSPICIOUS = 1 << 20;

    private final String field;
    private final ArchiveLimits limits;
    private final LongSupplier archiveSize;
    private final AtomicLong total = new AtomicLong();
    private final AtomicLong entries = new AtomicLong();

    /**
     * Begins to count.
     *
     * @param field what an entry is, for messages, such as {@code zip entry}
     * @param archiveSize how many bytes of the archive were there so far
     */
    ArchiveBudget(String field, ArchiveLimits limits, LongSupplier archiveSize) {
        this.field = field;
        this.limits = limits;
        this.archiveSize = archiveSize;
    }

    /** Counts an entry. */
    void addEntry(String name) {
        if (entries.incrementAndGet() > limits.entries()) {
            throw new InvalidInputException(
                    field, name, "is one too many; there may be at most " + limits.entries() + " files");
        }
    }

    /** Refuses an archive that admits to be too large; {@code declared} counts all entries up to this one. */
    void checkDeclared(String name, long size, long declared) {
        if (size < 0 || declared < 0 || declared > limits.bytes()) {
            throw tooLarge(name);
        }
    }

    /**
     * Counts {@code more} bytes.
     *
     * @param ofEntry how many the entry has given so far, these among them
     * @param compressed how many bytes the entry says that it has, or {@link Long#MAX_VALUE} if it says nothing
     */
    void add(String name, long ofEntry, int more, long compressed) {
        long ofAll = total.addAndGet(more);
        if (ofAll > limits.bytes()) {
            throw tooLarge(name);
        }
        if (isBomb(ofEntry, compressed) || isBomb(ofAll, archiveSize.getAsLong())) {
            throw new InvalidInputException(
                    field,
                    name,
                    "gives more than %d times the bytes that it has, as a bomb does".formatted(limits.ratio()));
        }
    }

    private boolean isBomb(long given, long compressed) {
        return given > UNSUSPICIOUS && given / limits.ratio() > compressed;
    }

    private InvalidInputException tooLarge(String name) {
        return new InvalidInputException(
                field, name, "makes the archive larger than the allowed %d bytes".formatted(limits.bytes()));
    }
}
