package dev.mlops.api.run;

import java.time.Instant;

/**
 * A group of runs that answer one question.
 *
 * @param id its id
 * @param projectId its project
 * @param name its name, 1 to 500 characters, unique in the project
 * @param description free text, may be empty
 * @param lifecycle whether it is there or in the bin
 * @param createdBy who made it
 * @param createdAt when
 */
public record Experiment(
        String id,
        String projectId,
        String name,
        String description,
        Lifecycle lifecycle,
        String createdBy,
        Instant createdAt) {
    @Override
    public String toString() {
        return name;
    }
}
