package dev.mlops.api.dataset;

import dev.mlops.api.name.ResourceName;

/**
 * How to merge.
 *
 * @param onConflict what to do with paths that both sides changed
 * @param message the message of the version that is made; empty for one that names the branches
 */
public record MergeOptions(OnConflict onConflict, String message) {
    /** Refuses conflicts. */
    public static final MergeOptions DEFAULTS = new MergeOptions(OnConflict.REFUSE, "");

    /** Checks the message. */
    public MergeOptions {
        ResourceName.checkText("message", message, 4096);
    }

    /** What to do with a path that both sides changed. */
    public enum OnConflict {
        /** Throw {@link dev.mlops.api.error.MergeConflictException}. */
        REFUSE,
        /** Keep the file of the branch that is merged into; a name collision is still refused. */
        OURS,
        /** Take the file of what is merged; a name collision is still refused. */
        THEIRS
    }

    /** With a message. */
    public static MergeOptions message(String message) {
        return new MergeOptions(OnConflict.REFUSE, message);
    }

    /** With another way to treat conflicts. */
    public MergeOptions onConflict(OnConflict onConflict) {
        return new MergeOptions(onConflict, message);
    }
}
