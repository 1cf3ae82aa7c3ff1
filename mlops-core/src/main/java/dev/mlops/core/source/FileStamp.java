package dev.mlops.core.source;

import java.time.Instant;

/**
 * What the file system says of a file; as long as all of it is equal, the bytes are taken to be equal too.
 *
 * @param size bytes
 * @param modifiedNanos when the bytes were modified, in nanoseconds since 1970
 * @param changedNanos when the file or its name and rights were changed; when it was made where that is not told
 * @param inode its number in the file system, or 0 where there is none
 */
public record FileStamp(long size, long modifiedNanos, long changedNanos, long inode) {
    private static final long MILLI = 1_000_000;

    /** When the bytes were modified, to the millisecond. */
    public Instant modifiedAt() {
        return Instant.ofEpochMilli(Math.floorDiv(modifiedNanos, MILLI));
    }

    /** The later of the two times. */
    long latestNanos() {
        return Math.max(modifiedNanos, changedNanos);
    }
}
