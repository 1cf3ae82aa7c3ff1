package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * Counts what a zip gives while it is read. The ratio is held for each entry, against what the entry says that it has,
 * and for the whole, against what the archive really has: entries may lie about their size and may share bytes.
 * Thread-safe.
 */
final class ZipBudget {
    private static final long UNSUSPICIOUS = 1 << 20;

    private final ImportLimits limits;
    private final long archiveSize;
    private final AtomicLong total = new AtomicLong();

    ZipBudget(ImportLimits limits, long archiveSize) {
        this.limits = limits;
        this.archiveSize = archiveSize;
    }

    /** Refuses an archive that admits to be too large; {@code declared} counts all entries up to this one. */
    void checkDeclared(ZipArchiveEntry entry, long declared) {
        if (entry.getSize() < 0 || declared < 0 || declared > limits.archiveBytes()) {
            throw tooLarge(entry);
        }
    }

    /** Counts {@code more} bytes of an entry that has given {@code ofEntry} so far, these among them. */
    void add(ZipArchiveEntry entry, long ofEntry, int more) {
        long ofAll = total.addAndGet(more);
        if (ofAll > limits.archiveBytes()) {
            throw tooLarge(entry);
        }
        if (isBomb(ofEntry, entry.getCompressedSize()) || isBomb(ofAll, archiveSize)) {
            throw new InvalidInputException(
                    "zip entry",
                    entry.getName(),
                    "gives more than %d times the bytes that it has, as a zip bomb does"
                            .formatted(limits.archiveRatio()));
        }
    }

    private boolean isBomb(long given, long compressed) {
        return given > UNSUSPICIOUS && given / limits.archiveRatio() > compressed;
    }

    private InvalidInputException tooLarge(ZipArchiveEntry entry) {
        return new InvalidInputException(
                "zip entry",
                entry.getName(),
                "makes the archive larger than the allowed %d bytes".formatted(limits.archiveBytes()));
    }
}
