package dev.mlops.api.release;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An application: what uses models and data sets together, and is released as one.
 *
 * @param id its id
 * @param projectId its project
 * @param name its name, unique in the project
 * @param description free text, may be empty
 * @param currentReleaseId the id of the release in force, or null while there is none
 * @param createdBy who made it
 * @param createdAt when
 */
public record Application(
        String id,
        String projectId,
        String name,
        String description,
        @Nullable String currentReleaseId,
        String createdBy,
        Instant createdAt) {
    @Override
    public String toString() {
        return name;
    }
}
