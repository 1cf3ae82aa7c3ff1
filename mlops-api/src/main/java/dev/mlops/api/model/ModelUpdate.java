package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.ResourceName;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a model; null leaves a thing as it is.
 *
 * @param description the new description of at most 4,096 characters, or null
 * @param labels the new labels (at most 32, each 1 to 64 characters), or null
 * @param documents the new documents (at most 32), or null
 */
public record ModelUpdate(
        @Nullable String description,
        @Nullable Set<String> labels,
        @Nullable List<ModelDocument> documents) {
    /** Checks and copies. */
    public ModelUpdate {
        if (description != null) {
            ResourceName.checkText("model description", description, 4096);
        }
        if (labels != null) {
            labels.forEach(label -> ResourceName.checkText("label", label, 64));
            if (labels.size() > 32 || labels.stream().anyMatch(String::isBlank)) {
                throw new InvalidInputException("labels", labels, "must be at most 32, none blank");
            }
            labels = Set.copyOf(labels);
        }
        if (documents != null) {
            if (documents.size() > 32) {
                throw new InvalidInputException("documents", documents.size(), "must be at most 32");
            }
            documents = List.copyOf(documents);
        }
    }

    /** Changes the description alone. */
    public static ModelUpdate description(String description) {
        return new ModelUpdate(description, null, null);
    }

    /** Changes the labels alone. */
    public static ModelUpdate labels(Set<String> labels) {
        return new ModelUpdate(null, labels, null);
    }

    /** Changes the documents alone. */
    public static ModelUpdate documents(List<ModelDocument> documents) {
        return new ModelUpdate(null, null, documents);
    }
}
