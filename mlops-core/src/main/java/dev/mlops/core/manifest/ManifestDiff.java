package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetDiff;
import dev.mlops.api.dataset.DatasetDiff.Rename;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.core.file.PathOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares two manifests in time and memory proportional to their difference: segments that both have are not read.
 *
 * <p>An added file is a renamed one if its bytes are those of a removed file: the added ones take, by path, the first
 * removed one by path that nobody took. Empty files and folders are never renamed.
 */
public final class ManifestDiff {
    private final List<FileEntry> added = new ArrayList<>();
    private final List<FileEntry> removed = new ArrayList<>();
    private final List<FileEntry> changed = new ArrayList<>();
    private long unchanged;
    private long addedBytes;
    private long removedBytes;

    private ManifestDiff() {}

    /** What differs, from the first to the second. */
    public static DatasetDiff between(StoredManifest from, StoredManifest to) {
        ManifestDiff diff = new ManifestDiff();
        diff.compare(from.fromStart(), to.fromStart());
        return diff.result();
    }

    /** What differs, from a manifest to a list of files by path that is in no manifest yet; reads all of both. */
    public static DatasetDiff between(StoredManifest from, Iterator<FileEntry> to) {
        ManifestDiff diff = new ManifestDiff();
        ManifestCursor before = from.entries();
        while (to.hasNext()) {
            FileEntry after = to.next();
            while (before.hasNext() && order(before.peek().path(), after.path()) < 0) {
                diff.removed.add(before.next());
            }
            if (after.path().equals(before.hasNext() ? before.peek().path() : null)) {
                diff.compare(before.next(), after);
            } else {
                diff.added.add(after);
            }
        }
        before.forEachRemaining(diff.removed::add);
        return diff.result();
    }

    private void compare(ManifestCursor from, ManifestCursor to) {
        while (from.hasNext() || to.hasNext()) {
            SegmentRef left = from.segment();
            SegmentRef right = to.segment();
            if (left != null && right != null && left.equals(right)) {
                unchanged += left.files();
                from.skipSegment();
                to.skipSegment();
            } else {
                step(from, to);
            }
        }
    }

    private void step(ManifestCursor from, ManifestCursor to) {
        int order = order(from.peekPath(), to.peekPath());
        if (order < 0) {
            removed.add(from.next());
        } else if (order > 0) {
            added.add(to.next());
        } else {
            compare(from.next(), to.next());
        }
    }

    private static int order(@Nullable String before, @Nullable String after) {
        if (before == null || after == null) {
            return before == null ? 1 : -1;
        }
        return PathOrder.BY_CODE_POINT.compare(before, after);
    }

    private void compare(FileEntry before, FileEntry after) {
        if (before.hasSameBytesAs(after)) {
            unchanged++;
        } else {
            changed.add(after);
            addedBytes += after.size();
            removedBytes += before.size();
        }
    }

    private DatasetDiff result() {
        Map<Content, Deque<FileEntry>> gone = new HashMap<>();
        removed.stream()
                .filter(ManifestDiff::canBeRenamed)
                .forEach(file -> gone.computeIfAbsent(Content.of(file), content -> new ArrayDeque<>())
                        .add(file));
        List<FileEntry> reallyAdded = new ArrayList<>();
        List<Rename> renamed = new ArrayList<>();
        Set<String> renamedFrom = new HashSet<>();
        for (FileEntry file : added) {
            Deque<FileEntry> sources = canBeRenamed(file) ? gone.get(Content.of(file)) : null;
            FileEntry source = sources == null ? null : sources.poll();
            if (source == null) {
                reallyAdded.add(file);
            } else {
                renamed.add(new Rename(source.path(), file));
                renamedFrom.add(source.path());
            }
        }
        List<FileEntry> reallyRemoved = removed.stream()
                .filter(file -> !renamedFrom.contains(file.path()))
                .toList();
        return new DatasetDiff(
                reallyAdded,
                reallyRemoved,
                changed,
                renamed,
                unchanged,
                addedBytes + bytes(reallyAdded),
                removedBytes + bytes(reallyRemoved));
    }

    private static boolean canBeRenamed(FileEntry file) {
        return file.size() > 0;
    }

    private static long bytes(List<FileEntry> files) {
        return files.stream().mapToLong(FileEntry::size).sum();
    }

    private record Content(FileKind kind, Sha256 sha256) {
        static Content of(FileEntry file) {
            return new Content(file.kind(), file.sha256());
        }
    }
}
