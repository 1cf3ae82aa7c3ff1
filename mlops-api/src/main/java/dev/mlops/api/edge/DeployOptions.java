package dev.mlops.api.edge;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to deploy. Immutable. */
public final class DeployOptions {
    private final InstanceSpec.Resources resources;
    private final Map<String, String> environment;
    private final Duration readyTimeout;
    private final @Nullable String probe;
    private final ProgressListener progress;
    private final Cancellation cancellation;
    private final @Nullable IdempotencyKey idempotencyKey;

    private DeployOptions(Builder builder) {
        resources = builder.resources;
        environment = Map.copyOf(builder.environment);
        readyTimeout = builder.readyTimeout;
        probe = builder.probe;
        progress = builder.progress;
        cancellation = builder.cancellation;
        idempotencyKey = builder.idempotencyKey;
    }

    /** 512 MiB, one processor, 60 seconds to become ready. */
    public static DeployOptions defaults() {
        return builder().build();
    }

    /** A builder that begins with {@link #defaults()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** What the instance may use. */
    public InstanceSpec.Resources resources() {
        return resources;
    }

    /** Environment variables of the instance. */
    public Map<String, String> environment() {
        return environment;
    }

    /** How long it may take to become ready. */
    public Duration readyTimeout() {
        return readyTimeout;
    }

    /** The body of the inference that it must answer; when empty, one of zeros is made from the signature. */
    public Optional<String> probe() {
        return Optional.ofNullable(probe);
    }

    /** Who is told of the progress of the transfer. */
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

    /** Builds {@link DeployOptions}. Not thread-safe. */
    public static final class Builder {
        private InstanceSpec.Resources resources = InstanceSpec.Resources.DEFAULT;
        private final Map<String, String> environment = new LinkedHashMap<>();
        private Duration readyTimeout = Duration.ofSeconds(60);
        private @Nullable String probe;
        private ProgressListener progress = ProgressListener.NONE;
        private Cancellation cancellation = new Cancellation();
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder() {}

        /** What the instance may use; {@link InstanceSpec.Resources#DEFAULT} by default. */
        public Builder resources(InstanceSpec.Resources resources) {
            this.resources = resources;
            return this;
        }

        /** Adds an environment variable. It is kept as plain text with the deployment: no place for a secret. */
        public Builder environment(String name, String value) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,127}")) {
                throw new InvalidInputException("environment variable", name, "must be 1 to 128 of A-Z a-z 0-9 _");
            }
            environment.put(name, value);
            return this;
        }

        /** How long it may take to become ready; 60 seconds by default. */
        public Builder readyTimeout(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new InvalidInputException("ready timeout", timeout, "must be more than zero");
            }
            this.readyTimeout = timeout;
            return this;
        }

        /** The JSON body of the inference that it must answer (Open Inference Protocol v2); made of zeros by default. */
        public Builder probe(String json) {
            this.probe = json;
            return this;
        }

        /** Who is told of the progress of the transfer; nobody by default. */
        public Builder progress(ProgressListener progress) {
            this.progress = progress;
            return this;
        }

        /** What ends the call; nothing by default. */
        public Builder cancellation(Cancellation cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /** Makes the deployment repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the options. */
        public DeployOptions build() {
            return new DeployOptions(this);
        }
    }
}
