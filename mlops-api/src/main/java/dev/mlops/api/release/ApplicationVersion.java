package dev.mlops.api.release;

import java.time.Instant;
import java.util.List;

/**
 * An immutable version of an application, tied to model and data set versions.
 *
 * @param id its id
 * @param projectId its project
 * @param applicationId its application
 * @param reference its reference in text: {@code project/application:number}
 * @param number its number in the application, counted from 1, never used again
 * @param comment at most 512 characters, may be empty
 * @param models the model versions, at most one of each model
 * @param datasets the data set versions, at most one of each data set
 * @param createdBy who made it
 * @param createdAt when
 */
public record ApplicationVersion(
        String id,
        String projectId,
        String applicationId,
        String reference,
        long number,
        String comment,
        List<Pin> models,
        List<Pin> datasets,
        String createdBy,
        Instant createdAt) {
    /** Copies the lists. */
    public ApplicationVersion {
        models = List.copyOf(models);
        datasets = List.copyOf(datasets);
    }

    /** Such as {@code digits/reader:2 [models digits/digits:3; data digits/digits-png:V001]}. */
    @Override
    public String toString() {
        return "%s [models %s; data %s]".formatted(reference, join(models), join(datasets));
    }

    private static String join(List<Pin> pins) {
        return pins.isEmpty()
                ? "none"
                : String.join(", ", pins.stream().map(Pin::reference).toList());
    }
}
