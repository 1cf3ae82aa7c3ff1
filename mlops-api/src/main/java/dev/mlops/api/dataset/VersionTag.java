package dev.mlops.api.dataset;

import java.time.Instant;

/**
 * A second, fixed name of a version. References find a version by its tags as by its name.
 *
 * @param datasetId the data set
 * @param name the tag, unique among the tags and version names of the data set
 * @param versionId the version
 * @param version the version's reference, such as {@code vision/digits:V003}
 * @param taggedBy who set it
 * @param taggedAt when
 */
public record VersionTag(
        String datasetId, String name, String versionId, String version, String taggedBy, Instant taggedAt) {
    @Override
    public String toString() {
        return "%s = %s".formatted(name, version);
    }
}
