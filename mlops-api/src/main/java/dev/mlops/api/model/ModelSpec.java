package dev.mlops.api.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a new model should be. Immutable. */
public final class ModelSpec {
    private static final int MAX_LABELS = 32;
    private static final int MAX_DOCUMENTS = 32;

    private final String name;
    private final String description;
    private final Set<String> labels;
    private final List<ModelDocument> documents;
    private final VersionNumbering numbering;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ModelSpec(Builder builder) {
        name = builder.name;
        description = builder.description;
        labels = Set.copyOf(builder.labels);
        documents = List.copyOf(builder.documents);
        numbering = builder.numbering;
        idempotencyKey = builder.idempotencyKey;
    }

    /** A model with this name and counted versions. */
    public static ModelSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for a model with this name: 1 to 64 characters of {@code [A-Za-z0-9_-]}. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** The name. */
    public String name() {
        return name;
    }

    /** Free text, may be empty. */
    public String description() {
        return description;
    }

    /** Words to find it by. */
    public Set<String> labels() {
        return labels;
    }

    /** Links to documents about it. */
    public List<ModelDocument> documents() {
        return documents;
    }

    /** How its versions are numbered. */
    public VersionNumbering numbering() {
        return numbering;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds a {@link ModelSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private String description = "";
        private final Set<String> labels = new LinkedHashSet<>();
        private final List<ModelDocument> documents = new ArrayList<>();
        private VersionNumbering numbering = VersionNumbering.COUNTED;
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String name) {
            this.name = ResourceName.check("model name", name);
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("model description", description, 4096);
            return this;
        }

        /** Adds a label of 1 to 64 characters; at most 32. */
        public Builder label(String label) {
            if (label.isBlank() || labels.size() == MAX_LABELS) {
                throw new InvalidInputException("label", label, "must not be blank, and at most 32 are allowed");
            }
            labels.add(ResourceName.checkText("label", label, 64));
            return this;
        }

        /** Adds a document; at most 32. */
        public Builder document(ModelDocument document) {
            if (documents.size() == MAX_DOCUMENTS) {
                throw new InvalidInputException("document", document, "is one too many; at most 32 are allowed");
            }
            documents.add(document);
            return this;
        }

        /** How its versions are numbered; {@link VersionNumbering#COUNTED} by default. */
        public Builder numbering(VersionNumbering numbering) {
            this.numbering = numbering;
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public ModelSpec build() {
            return new ModelSpec(this);
        }
    }
}
