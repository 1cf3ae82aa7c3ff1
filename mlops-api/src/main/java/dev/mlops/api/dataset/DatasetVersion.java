package dev.mlops.api.dataset;

import dev.mlops.api.content.Sha256;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * An immutable version of a data set.
 *
 * @param id its id
 * @param projectId its project
 * @param datasetId its data set
 * @param reference its reference in text: {@code project/dataset:name}
 * @param name its name, unique in the data set, such as {@code V001}
 * @param ordinal its number in the data set, counted from 1, never used again
 * @param parentId the version that it was made from, or null for the first
 * @param mergedId the version that was merged into the parent to make it, or null
 * @param message what its maker said, may be empty
 * @param metadata key-value pairs of the user
 * @param manifest the digest of the list of its files: equal manifests mean equal data; the same data with other modification
 *     times, if these are recorded, has another
 * @param files how many files it has
 * @param bytes how many bytes they have
 * @param splits its splits, in the order in which they were said; empty if it has none
 * @param author who made the data, as the publisher says; the publisher unless told otherwise
 * @param createdBy who published it
 * @param createdAt when
 */
public record DatasetVersion(
        String id,
        String projectId,
        String datasetId,
        String reference,
        String name,
        long ordinal,
        @Nullable String parentId,
        @Nullable String mergedId,
        String message,
        Map<String, String> metadata,
        Sha256 manifest,
        long files,
        long bytes,
        List<SplitSummary> splits,
        String author,
        String createdBy,
        Instant createdAt) {
    /** Copies the collections. */
    public DatasetVersion {
        metadata = Map.copyOf(metadata);
        splits = List.copyOf(splits);
    }

    /** Such as {@code digits/digits-png:V001 (1797 files, 412345 bytes; train 1437, test 360)}. */
    @Override
    public String toString() {
        String parts = splits.stream().map(SplitSummary::toString).collect(Collectors.joining(", "));
        return "%s (%d files, %d bytes%s)".formatted(reference, files, bytes, parts.isEmpty() ? "" : "; " + parts);
    }
}
