package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new experiment should be. Immutable. */
public final class ExperimentSpec {
    private final String name;
    private final String description;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ExperimentSpec(Builder builder) {
        name = builder.name;
        description = builder.description;
        idempotencyKey = builder.idempotencyKey;
    }

    /** An experiment with this name. */
    public static ExperimentSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for an experiment with this name: 1 to 500 characters, unique in the project. */
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

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds an {@link ExperimentSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private String description = "";
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String name) {
            if (name.isBlank()) {
                throw new InvalidInputException("experiment name", name, "must not be blank");
            }
            this.name = ResourceName.checkText("experiment name", name, 500);
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("experiment description", description, 4096);
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public ExperimentSpec build() {
            return new ExperimentSpec(this);
        }
    }
}
