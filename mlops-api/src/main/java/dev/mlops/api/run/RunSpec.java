package dev.mlops.api.run;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.name.ResourceName;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a new run should be. Immutable. */
public final class RunSpec {
    private final String experiment;
    private final @Nullable String name;
    private final Map<String, String> tags;
    private final @Nullable Instant startedAt;
    private final int bufferedPoints;
    private final Duration bufferedFor;
    private final @Nullable IdempotencyKey idempotencyKey;

    private RunSpec(Builder builder) {
        experiment = builder.experiment;
        name = builder.name;
        tags = Map.copyOf(builder.tags);
        startedAt = builder.startedAt;
        bufferedPoints = builder.bufferedPoints;
        bufferedFor = builder.bufferedFor;
        idempotencyKey = builder.idempotencyKey;
    }

    /** A run in an experiment, which is made if there is none with this name. */
    public static RunSpec of(String experiment) {
        return builder(experiment).build();
    }

    /** A builder for a run in an experiment, which is made if there is none with this name. */
    public static Builder builder(String experiment) {
        return new Builder(experiment);
    }

    /** The name of the experiment. */
    public String experiment() {
        return experiment;
    }

    /** The name of the run; when empty it becomes {@code <experiment>-<number>}. */
    public Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** Its first tags. */
    public Map<String, String> tags() {
        return tags;
    }

    /** When it began; when empty, now. */
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    /** How many metric points are buffered before they are written. */
    public int bufferedPoints() {
        return bufferedPoints;
    }

    /** How long a metric point is buffered at most. */
    public Duration bufferedFor() {
        return bufferedFor;
    }

    /** The idempotency key, if there is one. */
    public Optional<IdempotencyKey> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }

    /** Builds a {@link RunSpec}. Not thread-safe. */
    public static final class Builder {
        private final String experiment;
        private @Nullable String name;
        private final Map<String, String> tags = new LinkedHashMap<>();
        private @Nullable Instant startedAt;
        private int bufferedPoints = 1000;
        private Duration bufferedFor = Duration.ofSeconds(1);
        private @Nullable IdempotencyKey idempotencyKey;

        private Builder(String experiment) {
            if (experiment.isBlank()) {
                throw new InvalidInputException("experiment name", experiment, "must not be blank");
            }
            this.experiment = ResourceName.checkText("experiment name", experiment, 500);
        }

        /** A name of 1 to 250 characters; {@code <experiment>-<number>} by default. */
        public Builder name(String name) {
            if (name.isBlank()) {
                throw new InvalidInputException("run name", name, "must not be blank");
            }
            this.name = ResourceName.checkText("run name", name, 250);
            return this;
        }

        /** Adds a tag; the value has at most 8,000 characters. */
        public Builder tag(String key, String value) {
            tags.put(ResourceName.checkKey("tag key", key), ResourceName.checkText("tag " + key, value, 8000));
            return this;
        }

        /** When it began; now by default. */
        public Builder startedAt(Instant startedAt) {
            this.startedAt = startedAt;
            return this;
        }

        /**
         * How metric points are buffered: written when {@code points} (1 to 100,000) have come or the oldest is {@code
         * age} old. 1,000 points and 1 second by default; {@code points} 1 writes each point before the call returns.
         * What is buffered when the process is killed is lost, at most this much.
         */
        public Builder buffer(int points, Duration age) {
            if (points < 1 || points > 100_000) {
                throw new InvalidInputException("buffered points", points, "must be 1 to 100000");
            }
            if (age.isNegative() || age.isZero()) {
                throw new InvalidInputException("buffer age", age, "must be more than zero");
            }
            this.bufferedPoints = points;
            this.bufferedFor = age;
            return this;
        }

        /** Makes the start repeatable; none by default. */
        public Builder idempotencyKey(IdempotencyKey key) {
            this.idempotencyKey = key;
            return this;
        }

        /** Makes the spec. */
        public RunSpec build() {
            return new RunSpec(this);
        }
    }
}
