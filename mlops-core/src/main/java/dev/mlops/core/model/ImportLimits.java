package dev.mlops.core.model;

import dev.mlops.core.source.ArchiveLimits;

/**
 * How much one import may bring.
 *
 * @param files the most files of a version
 * @param archiveBytes the most bytes that a zip may give
 * @param archiveRatio how many bytes a zip, or an entry of more than 1 MiB, may give for each byte that it has
 * @param directoryBytes the most bytes of a zip's directory, which is held in memory
 */
record ImportLimits(int files, long archiveBytes, int archiveRatio, long directoryBytes) {
    static final ImportLimits DEFAULT = new ImportLimits(10_000, 20L << 30, 200, 16L << 20);

    /** What these say of an archive, which may have a folder for each file. */
    ArchiveLimits archive() {
        return new ArchiveLimits(2L * files, archiveBytes, archiveRatio, directoryBytes);
    }
}
