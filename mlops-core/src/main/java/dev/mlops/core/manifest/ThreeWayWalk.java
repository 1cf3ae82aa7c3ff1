package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.file.PathOrder;
import org.jspecify.annotations.Nullable;

/**
 * Goes over three manifests at once, by path, and does not read what all have, or what both sides have and the base has
 * nothing of. Confined to one thread.
 */
final class ThreeWayWalk {
    private final ManifestCursor base;
    private final ManifestCursor ours;
    private final ManifestCursor theirs;
    private final Visitor visitor;

    /** Is told of everything, in the order of the paths. */
    interface Visitor {
        /** Both sides have this segment and no path is in the base alone; false if it must be given file by file. */
        boolean same(SegmentRef segment);

        /** One path; at least one of the three has it. */
        void path(@Nullable FileEntry base, @Nullable FileEntry ours, @Nullable FileEntry theirs);

        /** True if no more need be told. */
        boolean isDone();
    }

    ThreeWayWalk(StoredManifest base, StoredManifest ours, StoredManifest theirs, Visitor visitor) {
        this.base = base.fromStart();
        this.ours = ours.fromStart();
        this.theirs = theirs.fromStart();
        this.visitor = visitor;
    }

    void run() {
        while (!visitor.isDone() && (base.hasNext() || ours.hasNext() || theirs.hasNext())) {
            if (!skip()) {
                step();
            }
        }
    }

    private boolean skip() {
        SegmentRef segment = ours.segment();
        if (segment == null || !segment.equals(theirs.segment())) {
            return false;
        }
        boolean isInBase = segment.equals(base.segment());
        if ((!isInBase && !isBeyond(base.peekPath(), segment)) || !visitor.same(segment)) {
            return false;
        }
        ours.skipSegment();
        theirs.skipSegment();
        if (isInBase) {
            base.skipSegment();
        }
        return true;
    }

    private static boolean isBeyond(@Nullable String path, SegmentRef segment) {
        return path == null || PathOrder.BY_CODE_POINT.compare(path, segment.last()) > 0;
    }

    private void step() {
        String path = first(first(base.peekPath(), ours.peekPath()), theirs.peekPath());
        visitor.path(take(base, path), take(ours, path), take(theirs, path));
    }

    private static @Nullable String first(@Nullable String a, @Nullable String b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return PathOrder.BY_CODE_POINT.compare(a, b) <= 0 ? a : b;
    }

    private static @Nullable FileEntry take(ManifestCursor cursor, @Nullable String path) {
        String next = cursor.peekPath();
        return next != null && next.equals(path) ? cursor.next() : null;
    }
}
