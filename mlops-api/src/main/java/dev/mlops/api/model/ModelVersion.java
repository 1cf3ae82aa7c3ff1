package dev.mlops.api.model;

import dev.mlops.api.content.Sha256;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable version of a model.
 *
 * @param id its id
 * @param projectId its project
 * @param modelId its model
 * @param reference its reference in text: {@code project/model:version}
 * @param version its number, such as {@code 3} or {@code 0.0.1}, unique in the model
 * @param ordinal the order in which it was made, counted from 1, never used again
 * @param title at most 30 characters, may be empty
 * @param comment at most 512 characters, may be empty
 * @param status where it is in its life
 * @param statusReason why, may be empty
 * @param signature what it takes and gives, or null if it is no ONNX model
 * @param source where it was imported from, in words, such as {@code artifact model.onnx of run:01J…}
 * @param files its files, by path
 * @param digest the SHA-256 of one line {@code <sha256> <path>\n} for each file, in the order of the paths: equal digests
 *     mean equal files
 * @param runId the run that made it, or null if it is not known
 * @param datasetVersionIds the data set versions that it was made from, those of the run among them
 * @param createdBy who imported it
 * @param createdAt when
 */
public record ModelVersion(
        String id,
        String projectId,
        String modelId,
        String reference,
        String version,
        long ordinal,
        String title,
        String comment,
        ModelStatus status,
        String statusReason,
        @Nullable Signature signature,
        String source,
        List<ModelFile> files,
        Sha256 digest,
        @Nullable String runId,
        List<String> datasetVersionIds,
        String createdBy,
        Instant createdAt) {
    /** Copies the lists. */
    public ModelVersion {
        files = List.copyOf(files);
        datasetVersionIds = List.copyOf(datasetVersionIds);
    }

    /** The bytes of all files. */
    public long bytes() {
        return files.stream().mapToLong(ModelFile::size).sum();
    }

    /** Such as {@code digits/digits:3}. */
    @Override
    public String toString() {
        return reference;
    }
}
