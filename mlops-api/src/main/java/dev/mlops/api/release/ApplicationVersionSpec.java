package dev.mlops.api.release;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new version of an application is tied to. Immutable. */
public final class ApplicationVersionSpec {
    private final List<ModelVersion> models;
    private final List<DatasetVersion> datasets;
    private final String comment;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ApplicationVersionSpec(Builder builder) {
        models = List.copyOf(builder.models);
        datasets = List.copyOf(builder.datasets);
        comment = builder.comment;
        idempotencyKey = builder.idempotencyKey;
    }

    /** A builder for a version that is tied to nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** The model versions. */
    public List<ModelVersion> models() {
        return models;
    }

    /** The data set versions. */
    public List<DatasetVersion> datasets() {
        return datasets;
    }

    /** What its maker says, may be empty. */
    public String comment() {
        return comment;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds an {@link ApplicationVersionSpec}. Not thread-safe. */
    public static final class Builder {
        private final List<ModelVersion> models = new ArrayList<>();
        private final List<DatasetVersion> datasets = new ArrayList<>();
        private String comment = "";
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** Ties it to a model version; at most one of each model. */
        public Builder model(ModelVersion version) {
            models.add(version);
            return this;
        }

        /** Ties it to a data set version; at most one of each data set. */
        public Builder dataset(DatasetVersion version) {
            datasets.add(version);
            return this;
        }

        /** A comment of at most 512 characters; empty by default. */
        public Builder comment(String comment) {
            this.comment = ResourceName.checkText("comment", comment, 512);
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public ApplicationVersionSpec build() {
            return new ApplicationVersionSpec(this);
        }
    }
}
