package dev.mlops.api.dataset;

import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to publish a version. Immutable. */
public final class PublishOptions {
    private final @Nullable String versionName;
    private final String message;
    private final Map<String, String> metadata;
    private final Split split;
    private final ProgressListener progress;
    private final Cancellation cancellation;
    private final @Nullable IdempotencyKey idempotencyKey;

    private PublishOptions(Builder builder) {
        versionName = builder.versionName;
        message = builder.message;
        metadata = Map.copyOf(builder.metadata);
        split = builder.split;
        progress = builder.progress;
        cancellation = builder.cancellation;
        idempotencyKey = builder.idempotencyKey;
    }

    /** An automatic name, no message, no splits. */
    public static PublishOptions defaults() {
        return builder().build();
    }

    /** A version with this message, else as by {@link #defaults()}. */
    public static PublishOptions message(String message) {
        return builder().message(message).build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** The name of the version; when empty it becomes {@code V001}, {@code V002} and so on. */
    public Optional<String> versionName() {
        return Optional.ofNullable(versionName);
    }

    /** What its maker says, may be empty. */
    public String message() {
        return message;
    }

    /** Key-value pairs of the user. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** How the files are split. */
    public Split split() {
        return split;
    }

    /** Who is told of the progress. */
    public ProgressListener progress() {
        return progress;
    }

    /** What ends the call. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds {@link PublishOptions}. Not thread-safe. */
    public static final class Builder {
        private @Nullable String versionName;
        private String message = "";
        private final Map<String, String> metadata = new LinkedHashMap<>();
        private Split split = Split.NONE;
        private ProgressListener progress = ProgressListener.NONE;
        private Cancellation cancellation = new Cancellation();
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** A name of 1 to 64 characters of {@code [A-Za-z0-9_-]}; {@code V001} and so on by default. */
        public Builder versionName(String name) {
            this.versionName = ResourceName.check("version name", name);
            return this;
        }

        /** A message of at most 4,096 characters; empty by default. */
        public Builder message(String message) {
            this.message = ResourceName.checkText("message", message, 4096);
            return this;
        }

        /** Adds a key-value pair; the value has at most 8,000 characters. */
        public Builder metadata(String key, String value) {
            metadata.put(
                    ResourceName.checkKey("metadata key", key), ResourceName.checkText("metadata " + key, value, 8000));
            return this;
        }

        /** How the files are split; not by default. */
        public Builder split(Split split) {
            this.split = split;
            return this;
        }

        /** Who is told of the progress; nobody by default. */
        public Builder progress(ProgressListener progress) {
            this.progress = progress;
            return this;
        }

        /** What ends the call; nothing by default. */
        public Builder cancellation(Cancellation cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /** Makes the publish repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the options. */
        public PublishOptions build() {
            return new PublishOptions(this);
        }
    }
}
