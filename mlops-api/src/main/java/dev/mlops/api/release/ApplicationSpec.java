package dev.mlops.api.release;

import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new application should be. Immutable. */
public final class ApplicationSpec {
    private final String name;
    private final String description;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ApplicationSpec(Builder builder) {
        name = builder.name;
        description = builder.description;
        idempotencyKey = builder.idempotencyKey;
    }

    /** An application with this name. */
    public static ApplicationSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for an application with this name: 1 to 64 characters of {@code [A-Za-z0-9_-]}. */
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

    /** Builds an {@link ApplicationSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private String description = "";
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String name) {
            this.name = ResourceName.check("application name", name);
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("application description", description, 4096);
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public ApplicationSpec build() {
            return new ApplicationSpec(this);
        }
    }
}
