package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;

/** What a server of models accepts. Immutable; make one with {@link #builder()}. */
public final class ServingLimits {
    /** The defaults of {@link Builder}. */
    public static final ServingLimits DEFAULT = builder().build();

    private final int maxRequestBytes;
    private final int maxRequests;
    private final int concurrency;
    private final Duration queueTimeout;
    private final Duration clientTimeout;

    private ServingLimits(Builder builder) {
        maxRequestBytes = builder.maxRequestBytes;
        maxRequests = builder.maxRequests;
        concurrency = builder.concurrency;
        queueTimeout = builder.queueTimeout;
        clientTimeout = builder.clientTimeout;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#maxRequestBytes}. */
    public int maxRequestBytes() {
        return maxRequestBytes;
    }

    /** See {@link Builder#maxRequests}. */
    public int maxRequests() {
        return maxRequests;
    }

    /** See {@link Builder#concurrency}. */
    public int concurrency() {
        return concurrency;
    }

    /** See {@link Builder#queueTimeout}. */
    public Duration queueTimeout() {
        return queueTimeout;
    }

    /** See {@link Builder#clientTimeout}. */
    public Duration clientTimeout() {
        return clientTimeout;
    }

    /** Builds limits; not thread-safe. */
    public static final class Builder {
        private static final Duration LONGEST = Duration.ofDays(1);

        private int maxRequestBytes = 16 << 20;
        private int maxRequests = 1024;
        private int concurrency = Runtime.getRuntime().availableProcessors();
        private Duration queueTimeout = Duration.ofSeconds(1);
        private Duration clientTimeout = Duration.ofSeconds(30);

        private Builder() {}

        /** The longest body of an inference request; 16 MiB by default. Longer ones are answered with 413. */
        public Builder maxRequestBytes(int bytes) {
            maxRequestBytes = positive("maxRequestBytes", bytes);
            return this;
        }

        /**
         * How many inference requests may be read, waiting, running and being answered at once; 1,024 by default. Further
         * ones are answered with 503 before their body is read.
         */
        public Builder maxRequests(int requests) {
            maxRequests = positive("maxRequests", requests);
            return this;
        }

        /**
         * How many runs of models go on at once, but for those of a batching model, which has workers of its own; as many
         * as there are processors by default.
         */
        public Builder concurrency(int runs) {
            concurrency = positive("concurrency", runs);
            return this;
        }

        /** How long further runs wait before they are answered with 503; 1 second by default. */
        public Builder queueTimeout(Duration wait) {
            queueTimeout = inRange("queueTimeout", wait, Duration.ZERO);
            return this;
        }

        /**
         * How long a client may take to send a request, or to take the answer, and how long a connection may be idle; at
         * least a millisecond, 30 seconds by default. A slower one is answered with 408 if that can be, and disconnected.
         * {@link InferenceServer} holds to this; with {@link InferenceHandler} it is the affair of the host's server.
         */
        public Builder clientTimeout(Duration time) {
            clientTimeout = inRange("clientTimeout", time, Duration.ofMillis(1));
            return this;
        }

        private static int positive(String field, int value) {
            if (value < 1 || value == Integer.MAX_VALUE) {
                throw new InvalidInputException(field, value, "must be 1 or more, and less than " + Integer.MAX_VALUE);
            }
            return value;
        }

        private static Duration inRange(String field, Duration value, Duration least) {
            if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
                throw new InvalidInputException(field, value, "must be " + least + " to " + LONGEST);
            }
            return value;
        }

        /** The limits. */
        public ServingLimits build() {
            return new ServingLimits(this);
        }
    }
}
