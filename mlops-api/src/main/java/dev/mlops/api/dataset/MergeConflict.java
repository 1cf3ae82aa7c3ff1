package dev.mlops.api.dataset;

import org.jspecify.annotations.Nullable;

/**
 * A path that both sides of a merge changed in ways that do not go together.
 *
 * @param path the path
 * @param kind what happened to it
 * @param base the file in the common ancestor, or null
 * @param ours the file in the branch that is merged into, or null
 * @param theirs the file in what is merged, or null
 */
public record MergeConflict(
        String path,
        Kind kind,
        @Nullable FileEntry base,
        @Nullable FileEntry ours,
        @Nullable FileEntry theirs) {
    /** What happened to the path. */
    public enum Kind {
        /** Both added it, with other bytes. */
        BOTH_ADDED,
        /** Both changed it, to other bytes. */
        BOTH_CHANGED,
        /** We changed it, they removed it. */
        CHANGED_AND_REMOVED,
        /** We removed it, they changed it. */
        REMOVED_AND_CHANGED,
        /** The paths that the two sides added cannot live side by side: they differ in case or Unicode form only, or one is a folder of the other. */
        NAME_COLLISION
    }

    @Override
    public String toString() {
        String other = kind == Kind.NAME_COLLISION && theirs != null ? " with " + theirs.path() : "";
        return path + ": " + kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + other;
    }
}
