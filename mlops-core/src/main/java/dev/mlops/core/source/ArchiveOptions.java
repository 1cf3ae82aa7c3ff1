package dev.mlops.core.source;

import dev.mlops.api.dataset.LinkPolicy;
import java.nio.file.Path;

/**
 * How to read an archive.
 *
 * @param filter which paths are taken
 * @param links what becomes of symbolic links
 * @param emptyFolders what becomes of folders with nothing in them
 * @param limits how much it may bring
 * @param staging a folder for temporary files
 */
public record ArchiveOptions(
        PathFilter filter,
        LinkPolicy links,
        WalkOptions.EmptyFolders emptyFolders,
        ArchiveLimits limits,
        Path staging) {
    /** All regular files and nothing else; links are refused. */
    public static ArchiveOptions filesOnly(ArchiveLimits limits) {
        Path staging = Path.of(System.getProperty("java.io.tmpdir"));
        return new ArchiveOptions(PathFilter.ALL, LinkPolicy.REFUSE, WalkOptions.EmptyFolders.SKIP, limits, staging);
    }

    /** Files and empty folders of a data set. */
    public static ArchiveOptions of(PathFilter filter, LinkPolicy links, Path staging) {
        return new ArchiveOptions(filter, links, WalkOptions.EmptyFolders.RECORD, ArchiveLimits.DATASET, staging);
    }
}
