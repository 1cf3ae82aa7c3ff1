package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeConflict.Kind;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What comes of one path in a three-way merge.
 *
 * @param merged the file, or null if there is none; ours where they conflict and nobody said which to take
 * @param conflict why it cannot be merged, or null
 */
record PathMerge(@Nullable FileEntry merged, @Nullable MergeConflict conflict) {
    /**
     * Merges one path. A change of bytes or kind goes before a change of the rest, such as split or time; where both
     * sides changed only the rest, or changed the bytes alike, ours is taken.
     */
    static PathMerge of(
            @Nullable FileEntry base, @Nullable FileEntry ours, @Nullable FileEntry theirs, OnConflict onConflict) {
        if (Objects.equals(theirs, base)) {
            return new PathMerge(ours, null);
        }
        if (Objects.equals(ours, base)) {
            return new PathMerge(theirs, null);
        }
        if (hasSameBytes(ours, theirs) || hasSameBytes(base, theirs)) {
            return new PathMerge(ours, null);
        }
        if (hasSameBytes(base, ours)) {
            return new PathMerge(theirs, null);
        }
        return switch (onConflict) {
            case OURS -> new PathMerge(ours, null);
            case THEIRS -> new PathMerge(theirs, null);
            case REFUSE -> new PathMerge(ours, conflict(base, ours, theirs));
        };
    }

    private static boolean hasSameBytes(@Nullable FileEntry a, @Nullable FileEntry b) {
        if (a == null || b == null) {
            return a == null && b == null;
        }
        return a.hasSameBytesAs(b);
    }

    private static MergeConflict conflict(
            @Nullable FileEntry base, @Nullable FileEntry ours, @Nullable FileEntry theirs) {
        FileEntry present = ours == null ? theirs : ours;
        String path = Objects.requireNonNull(present, "only one side can have removed it")
                .path();
        return new MergeConflict(path, kind(base, ours, theirs), base, ours, theirs);
    }

    private static Kind kind(@Nullable FileEntry base, @Nullable FileEntry ours, @Nullable FileEntry theirs) {
        if (ours == null) {
            return Kind.REMOVED_AND_CHANGED;
        }
        if (theirs == null) {
            return Kind.CHANGED_AND_REMOVED;
        }
        return base == null ? Kind.BOTH_ADDED : Kind.BOTH_CHANGED;
    }
}
