package dev.mlops.api.dataset;

import java.util.List;

/**
 * How one version differs from another. A file whose bytes and kind are equal is unchanged, whatever its time, type and
 * split are.
 *
 * @param added files that only the later version has, by path
 * @param removed files that only the earlier version has, by path
 * @param changed files that both have with other bytes, as they are in the later version, by path
 * @param renamed files of the earlier version whose bytes are in the later one under another path only, by new path;
 *     neither in {@code added} nor in {@code removed}
 * @param unchanged the number of files with equal path and bytes
 * @param addedBytes bytes of the added files and of the changed ones as they are now
 * @param removedBytes bytes of the removed files and of the changed ones as they were
 */
public record DatasetDiff(
        List<FileEntry> added,
        List<FileEntry> removed,
        List<FileEntry> changed,
        List<Rename> renamed,
        long unchanged,
        long addedBytes,
        long removedBytes) {
    /** Copies the lists. */
    public DatasetDiff {
        added = List.copyOf(added);
        removed = List.copyOf(removed);
        changed = List.copyOf(changed);
        renamed = List.copyOf(renamed);
    }

    /** True if nothing differs. */
    public boolean isEmpty() {
        return added.isEmpty() && removed.isEmpty() && changed.isEmpty() && renamed.isEmpty();
    }

    /**
     * A file that has another path now.
     *
     * @param from its path in the earlier version
     * @param to the file in the later version
     */
    public record Rename(String from, FileEntry to) {
        @Override
        public String toString() {
            return from + " → " + to.path();
        }
    }

    @Override
    public String toString() {
        return "%d added, %d removed, %d changed, %d renamed, %d unchanged (+%d bytes, -%d bytes)"
                .formatted(
                        added.size(),
                        removed.size(),
                        changed.size(),
                        renamed.size(),
                        unchanged,
                        addedBytes,
                        removedBytes);
    }
}
