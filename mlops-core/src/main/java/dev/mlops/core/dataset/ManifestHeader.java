package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import java.util.Collection;

/**
 * What the first line of a manifest says.
 *
 * @param files how many files follow
 * @param bytes how many bytes they have
 */
record ManifestHeader(long files, long bytes) {
    static ManifestHeader of(Collection<FileEntry> entries) {
        return new ManifestHeader(
                entries.size(), entries.stream().mapToLong(FileEntry::size).sum());
    }
}
