package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.file.PathOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares two lists of files that are sorted by path, in one pass; keeps only what differs. */
final class ManifestDiff {
    private final List<FileEntry> added = new ArrayList<>();
    private final List<FileEntry> removed = new ArrayList<>();
    private final List<FileEntry> changed = new ArrayList<>();
    private long unchanged;

    private ManifestDiff() {}

    static DatasetDiff between(Iterator<FileEntry> from, Iterator<FileEntry> to) {
        ManifestDiff diff = new ManifestDiff();
        diff.merge(from, to);
        return new DatasetDiff(diff.added, diff.removed, diff.changed, List.of(), diff.unchanged, 0, 0);
    }

    private void merge(Iterator<FileEntry> from, Iterator<FileEntry> to) {
        FileEntry before = next(from);
        FileEntry after = next(to);
        while (before != null || after != null) {
            int order = order(before, after);
            if (before != null && after != null && order == 0) {
                compare(before, after);
            } else if (before != null && order < 0) {
                removed.add(before);
            } else if (after != null) {
                added.add(after);
            }
            before = order <= 0 ? next(from) : before;
            after = order >= 0 ? next(to) : after;
        }
    }

    private static int order(@Nullable FileEntry before, @Nullable FileEntry after) {
        if (before == null || after == null) {
            return before == null ? 1 : -1;
        }
        return PathOrder.BY_CODE_POINT.compare(before.path(), after.path());
    }

    private void compare(FileEntry before, FileEntry after) {
        if (before.sha256().equals(after.sha256())) {
            unchanged++;
        } else {
            changed.add(after);
        }
    }

    private static @Nullable FileEntry next(Iterator<FileEntry> entries) {
        return entries.hasNext() ? entries.next() : null;
    }
}
