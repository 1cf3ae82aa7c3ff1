package dev.mlops.api.dataset;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A data set: a name under which immutable versions are published.
 *
 * @param id its id
 * @param projectId its project
 * @param name its name, unique in the project
 * @param description free text, may be empty
 * @param metadata key-value pairs of the user
 * @param currentVersionId the id of the current version, or null while there is none
 * @param createdBy who made it
 * @param createdAt when
 */
public record Dataset(
        String id,
        String projectId,
        String name,
        String description,
        Map<String, String> metadata,
        @Nullable String currentVersionId,
        String createdBy,
        Instant createdAt) {
    /** Copies the metadata. */
    public Dataset {
        metadata = Map.copyOf(metadata);
    }

    @Override
    public String toString() {
        return name;
    }
}
