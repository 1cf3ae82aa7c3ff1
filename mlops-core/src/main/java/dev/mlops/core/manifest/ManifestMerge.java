package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileKind;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.file.PathOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A three-way merge of manifests: what changed from the base to theirs is applied to ours. It streams, and segments that
 * need no change are taken over unread.
 *
 * <p>A change of bytes or kind, an added file and a removed one count; where the two sides did the same, or one side did
 * nothing, there is no conflict. Of a file whose bytes both sides have, ours keeps its split, time and facts if it
 * changed them. An empty folder vanishes when the other side put something into it. Immutable.
 */
public final class ManifestMerge {
    /** After so many conflicts a merge does not look for more. */
    public static final int MAX_CONFLICTS = 10_000;

    private final StoredManifest base;
    private final StoredManifest ours;
    private final StoredManifest theirs;
    private final OnConflict onConflict;

    /**
     * A merge that was not begun.
     *
     * @param base the common ancestor; {@link Manifests#empty()} if there is none
     */
    public ManifestMerge(StoredManifest base, StoredManifest ours, StoredManifest theirs, OnConflict onConflict) {
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
        this.onConflict = onConflict;
    }

    /** What would conflict, by path; writes nothing. */
    public List<MergeConflict> conflicts() {
        return walk(null, MergeChanges.NONE);
    }

    private List<MergeConflict> walk(@Nullable ManifestWriter writer, MergeChanges changes) {
        NameCollisions collisions = new NameCollisions();
        List<MergeConflict> conflicts = new Walk(writer, changes, collisions).run();
        if (conflicts.size() < MAX_CONFLICTS && collisions.isSuspicious()) {
            new Walk(null, MergeChanges.NONE, collisions).run();
            conflicts.addAll(collisions.conflicts());
            conflicts.sort(Comparator.comparing(MergeConflict::path, PathOrder.BY_CODE_POINT));
        }
        return conflicts.subList(0, Math.min(conflicts.size(), MAX_CONFLICTS));
    }

    /**
     * Merges. The caller flushes, uses and closes the writer; what was written for a merge that conflicts is not needed.
     *
     * @param changes is told how the result differs from ours, as far as there is no conflict
     * @param summary gives the summary of the result, after the last change; not asked if the result is one of the sides,
     *     which has its own
     */
    public MergeOutcome merge(ContentWriter content, MergeChanges changes, Supplier<@Nullable String> summary) {
        ManifestWriter writer = new ManifestWriter(content);
        List<MergeConflict> conflicts = walk(writer, changes);
        if (!conflicts.isEmpty()) {
            return new MergeOutcome.Conflicting(conflicts);
        }
        if (writer.finishAs(ours)) {
            return new MergeOutcome.Merged(ours.manifest());
        }
        return new MergeOutcome.Merged(writer.finishAs(theirs) ? theirs.manifest() : writer.finish(summary.get()));
    }

    private final class Walk implements ThreeWayWalk.Visitor {
        private final List<MergeConflict> conflicts = new ArrayList<>();
        private final NameCollisions collisions;
        private final MergeChanges changes;
        private @Nullable ManifestWriter writer;

        Walk(@Nullable ManifestWriter writer, MergeChanges changes, NameCollisions collisions) {
            this.writer = writer;
            this.changes = changes;
            this.collisions = collisions;
        }

        List<MergeConflict> run() {
            new ThreeWayWalk(base, ours, theirs, this).run();
            return conflicts;
        }

        @Override
        public boolean isDone() {
            return conflicts.size() == MAX_CONFLICTS;
        }

        @Override
        public boolean same(SegmentRef segment) {
            return writer == null || writer.addSegment(segment);
        }

        @Override
        public void path(@Nullable FileEntry inBase, @Nullable FileEntry inOurs, @Nullable FileEntry inTheirs) {
            PathMerge merge = PathMerge.of(inBase, inOurs, inTheirs, onConflict);
            if (merge.conflict() != null) {
                conflicts.add(merge.conflict());
                writer = null;
            }
            FileEntry merged = merge.merged();
            if (merged != null && isFolderFilled(merged, inOurs, inTheirs)) {
                merged = null;
            }
            if (merged != null) {
                add(merged, inOurs, inTheirs);
            }
            if (!Objects.equals(inOurs, merged)) {
                changes.changed(inOurs, merged);
            }
        }

        private void add(FileEntry merged, @Nullable FileEntry inOurs, @Nullable FileEntry inTheirs) {
            if (inTheirs == null) {
                collisions.addOurs(merged);
            } else if (inOurs == null) {
                collisions.addTheirs(merged);
            }
            if (writer != null) {
                writer.add(merged);
            }
        }

        /** True for an empty folder that only one side has and that will not be empty, as the other side filled it. */
        private boolean isFolderFilled(FileEntry merged, @Nullable FileEntry inOurs, @Nullable FileEntry inTheirs) {
            if (merged.kind() != FileKind.FOLDER || (inOurs != null && inTheirs != null)) {
                return false;
            }
            String prefix = merged.path() + "/";
            StoredManifest other = inOurs == null ? ours : theirs;
            ManifestCursor cursor = other.from(prefix);
            for (String path = cursor.peekPath(); path != null && path.startsWith(prefix); path = cursor.peekPath()) {
                if (stays(cursor.next(), inOurs == null)) {
                    return true;
                }
            }
            return false;
        }

        /** True if the merge will have a file that only one side has. */
        private boolean stays(FileEntry file, boolean isOurs) {
            FileEntry before = base.find(file.path()).orElse(null);
            PathMerge merge = isOurs
                    ? PathMerge.of(before, file, null, onConflict)
                    : PathMerge.of(before, null, file, onConflict);
            return merge.merged() != null;
        }
    }
}
