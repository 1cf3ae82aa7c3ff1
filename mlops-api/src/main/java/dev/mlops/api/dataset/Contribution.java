package dev.mlops.api.dataset;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A branch that is proposed to be merged into another, to be accepted or refused by someone with the right.
 *
 * @param id its id
 * @param datasetId the data set
 * @param number counted from 1 in the data set
 * @param title what it is
 * @param description more about it, may be empty
 * @param branch the proposed branch
 * @param target the branch that it is to be merged into
 * @param state where it stands
 * @param proposedBy who proposed it
 * @param proposedAt when
 * @param decidedBy who accepted, refused or withdrew it, or null while open
 * @param decidedAt when, or null
 * @param reason why it was refused or withdrawn; empty otherwise
 * @param resultId the id of the version that accepting it made, or null
 */
public record Contribution(
        String id,
        String datasetId,
        long number,
        String title,
        String description,
        String branch,
        String target,
        State state,
        String proposedBy,
        Instant proposedAt,
        @Nullable String decidedBy,
        @Nullable Instant decidedAt,
        String reason,
        @Nullable String resultId) {
    /** Where a contribution stands. */
    public enum State {
        /** Waits for a decision. */
        OPEN,
        /** Was merged. */
        ACCEPTED,
        /** Was refused. */
        REFUSED,
        /** Was taken back by the one who proposed it. */
        WITHDRAWN
    }

    @Override
    public String toString() {
        return "#%d %s: %s → %s (%s)"
                .formatted(number, title, branch, target, state.name().toLowerCase(java.util.Locale.ROOT));
    }
}
