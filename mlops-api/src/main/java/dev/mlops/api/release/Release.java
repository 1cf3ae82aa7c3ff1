package dev.mlops.api.release;

import dev.mlops.api.model.Alias;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That an application version came into force, with all its model and data set versions at once.
 *
 * @param id its id
 * @param projectId its project
 * @param applicationId its application
 * @param number its number in the application, counted from 1
 * @param kind a step forward or a step back
 * @param version what came into force
 * @param alias the alias that was moved to each of its model versions in the same transaction, or null
 * @param replacedId the id of the release that was in force before, or null
 * @param restoresId for a step back, the id of the release whose version it brings back, else null
 * @param by who did it
 * @param at when
 */
public record Release(
        String id,
        String projectId,
        String applicationId,
        long number,
        Kind kind,
        ApplicationVersion version,
        @Nullable Alias alias,
        @Nullable String replacedId,
        @Nullable String restoresId,
        String by,
        Instant at) {
    /** Forward or back. */
    public enum Kind {
        /** Another version came into force. */
        RELEASE,
        /** The version of an earlier release came into force again. */
        ROLLBACK
    }

    /** Such as {@code release 3 of digits/reader:2 [models …; data …]}. */
    @Override
    public String toString() {
        return (kind == Kind.RELEASE ? "release " : "rollback ") + number + " of " + version;
    }
}
