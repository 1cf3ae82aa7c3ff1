package dev.mlops.core.source;

/**
 * How much one archive may bring; counted while it is read, whatever it says of itself.
 *
 * @param entries the most entries, folders among them
 * @param bytes the most bytes that it may give
 * @param ratio how many bytes it may give for each byte that it has, and an entry of more than 1 MiB of a zip likewise
 * @param directoryBytes the most bytes of a zip's directory, which is held in memory
 */
public record ArchiveLimits(long entries, long bytes, int ratio, long directoryBytes) {
    /** For data sets: 50 million entries, 16 TiB, a ratio of 1,000, and 32 MiB of directory, some 400,000 entries. */
    public static final ArchiveLimits DATASET = new ArchiveLimits(50_000_000, 16L << 40, 1_000, 32L << 20);
}
