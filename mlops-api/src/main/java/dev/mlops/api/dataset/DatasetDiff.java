package dev.mlops.api.dataset;

import java.util.List;

/**
 * What differs between two versions, each list by path.
 *
 * @param added files that only the second has
 * @param removed files that only the first has
 * @param changed files that both have with other bytes, as they are in the second
 * @param unchanged how many files are equal
 */
public record DatasetDiff(List<FileEntry> added, List<FileEntry> removed, List<FileEntry> changed, long unchanged) {
    /** Copies the lists. */
    public DatasetDiff {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        changed = List.copyOf(changed);
    }

    @Override
    public String toString() {
        return "%d added, %d removed, %d changed, %d unchanged"
                .formatted(added.size(), removed.size(), changed.size(), unchanged);
    }
}
