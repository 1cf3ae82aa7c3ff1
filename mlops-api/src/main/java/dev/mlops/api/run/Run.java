package dev.mlops.api.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One training run, as it was when it was read.
 *
 * @param id its id; its text form is {@code run:<id>}
 * @param projectId its project
 * @param experimentId its experiment
 * @param experiment the name of its experiment
 * @param name its name, 1 to 250 characters, such as {@code softmax-2}; not unique
 * @param status where it is in its life
 * @param lifecycle whether it is there or in the bin
 * @param startedBy who began it
 * @param startedAt when it began
 * @param endedAt when it ended, or null while it goes on
 * @param failure why it failed, or null
 */
public record Run(
        String id,
        String projectId,
        String experimentId,
        String experiment,
        String name,
        RunStatus status,
        Lifecycle lifecycle,
        String startedBy,
        Instant startedAt,
        @Nullable Instant endedAt,
        @Nullable String failure) {
    /** The reference in text: {@code run:<id>}. */
    public String reference() {
        return "run:" + id;
    }

    /** Such as {@code run softmax-2 (FINISHED)}. */
    @Override
    public String toString() {
        return "run " + name + " (" + status + ")";
    }
}
