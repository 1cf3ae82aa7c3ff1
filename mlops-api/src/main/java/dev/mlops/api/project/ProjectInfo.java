package dev.mlops.api.project;

import dev.mlops.api.access.Visibility;
import java.time.Instant;

/**
 * What is known of a project.
 *
 * @param id its id, unique everywhere
 * @param name its name, unique in the store
 * @param visibility who may read it without a grant
 * @param description free text, at most 4,096 characters, may be empty
 * @param createdBy the principal who made it
 * @param createdAt when, to the millisecond
 */
public record ProjectInfo(
        String id, String name, Visibility visibility, String description, String createdBy, Instant createdAt) {
    @Override
    public String toString() {
        return name;
    }
}
