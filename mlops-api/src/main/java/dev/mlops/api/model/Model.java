package dev.mlops.api.model;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * A registered model: a name under which immutable versions are kept.
 *
 * @param id its id
 * @param projectId its project
 * @param name its name, unique in the project
 * @param description free text, may be empty
 * @param labels words to find it by
 * @param documents links to documents about it
 * @param numbering how its versions are numbered
 * @param createdBy who made it
 * @param createdAt when
 * @param updatedAt when it was changed last
 */
public record Model(
        String id,
        String projectId,
        String name,
        String description,
        Set<String> labels,
        List<ModelDocument> documents,
        VersionNumbering numbering,
        String createdBy,
        Instant createdAt,
        Instant updatedAt) {
    /** Copies the collections. */
    public Model {
        labels = Set.copyOf(labels);
        documents = List.copyOf(documents);
    }

    @Override
    public String toString() {
        return name;
    }
}
