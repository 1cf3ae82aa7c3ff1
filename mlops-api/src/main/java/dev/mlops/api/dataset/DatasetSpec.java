package dev.mlops.api.dataset;

import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new data set should be. Immutable. */
public final class DatasetSpec {
    private final String name;
    private final String description;
    private final Map<String, String> metadata;
    private final @Nullable IdempotencyKey idempotencyKey;

    private DatasetSpec(Builder builder) {
        name = builder.name;
        description = builder.description;
        metadata = Map.copyOf(builder.metadata);
        idempotencyKey = builder.idempotencyKey;
    }

    /** A data set with this name. */
    public static DatasetSpec of(String name) {
        return builder(name).build();
    }

    /** A builder for a data set with this name: 1 to 64 characters of {@code [A-Za-z0-9_-]}. */
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

    /** Key-value pairs of the user. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds a {@link DatasetSpec}. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private String description = "";
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String name) {
            this.name = ResourceName.check("data set name", name);
        }

        /** Free text of at most 4,096 characters; empty by default. */
        public Builder description(String description) {
            this.description = ResourceName.checkText("data set description", description, 4096);
            return this;
        }

        /** Adds a key-value pair; the value has at most 8,000 characters. */
        public Builder metadata(String key, String value) {
            metadata.put(
                    ResourceName.checkKey("metadata key", key), ResourceName.checkText("metadata " + key, value, 8000));
            return this;
        }

        /** Makes the create repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public DatasetSpec build() {
            return new DatasetSpec(this);
        }
    }
}
