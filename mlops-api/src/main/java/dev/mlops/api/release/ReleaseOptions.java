package dev.mlops.api.release;

import dev.mlops.api.model.Alias;
import dev.mlops.api.name.IdempotencyKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to release. Immutable. */
public final class ReleaseOptions {
    private final @Nullable Alias alias;
    private final @Nullable Release expectedCurrent;
    private final @Nullable IdempotencyKey idempotencyKey;

    private ReleaseOptions(Builder builder) {
        alias = builder.alias;
        expectedCurrent = builder.expectedCurrent;
        idempotencyKey = builder.idempotencyKey;
    }

    /** Moves no alias, whatever is in force. */
    public static ReleaseOptions defaults() {
        return builder().build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The alias to move to each model version, if any. */
    public Optional<Alias> alias() {
        return Optional.ofNullable(alias);
    }

    /** The release that must be in force, if any. */
    public Optional<Release> expectedCurrent() {
        return Optional.ofNullable(expectedCurrent);
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds {@link ReleaseOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable Alias alias;
        private @Nullable Release expectedCurrent;
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** Moves this alias to each model version in the same transaction; none by default. */
        public Builder alias(String alias) {
            this.alias = Alias.of(alias);
            return this;
        }

        /** Releases only if this release is in force; not asked by default. */
        public Builder expectedCurrent(Release release) {
            this.expectedCurrent = release;
            return this;
        }

        /** Makes the release repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the options. */
        public ReleaseOptions build() {
            return new ReleaseOptions(this);
        }
    }
}
