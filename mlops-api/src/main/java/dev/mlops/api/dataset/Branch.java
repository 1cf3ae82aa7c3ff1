package dev.mlops.api.dataset;

import java.time.Instant;

/**
 * A line of versions that moves on with each publish.
 *
 * @param datasetId the data set
 * @param name its name, unique in the data set
 * @param headId the id of its newest version
 * @param head the reference of its newest version, such as {@code vision/digits:V003}
 * @param movedBy who moved it last
 * @param movedAt when
 */
public record Branch(String datasetId, String name, String headId, String head, String movedBy, Instant movedAt) {
    /** The branch that {@code publish} moves unless told otherwise. */
    public static final String MAIN = "main";

    @Override
    public String toString() {
        return "%s → %s".formatted(name, head);
    }
}
