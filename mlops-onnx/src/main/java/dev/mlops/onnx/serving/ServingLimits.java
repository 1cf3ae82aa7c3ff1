package dev.mlops.onnx.serving;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a server of models accepts. Immutable; make one with {@link #builder()}. */
public final class ServingLimits {
    /** The defaults of {@link Builder}. */
    public static final ServingLimits DEFAULT = builder().build();

    private final int maxRequestBytes;
    private final long maxHeldBytes;
    private final int maxRequests;
    private final int maxConnections;
    private final int concurrency;
    private final Duration queueTimeout;
    private final Duration clientTimeout;

    private ServingLimits(Builder builder) {
        maxRequestBytes = builder.maxRequestBytes;
        maxHeldBytes = builder.heldBytes();
        maxRequests = builder.maxRequests;
        maxConnections = builder.maxConnections;
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

    /** See {@link Builder#maxHeldBytes}. */
    public long maxHeldBytes() {
        return maxHeldBytes;
    }

    /** See {@link Builder#maxRequests}. */
    public int maxRequests() {
        return maxRequests;
    }

    /** See {@link Builder#maxConnections}. */
    public int maxConnections() {
        return maxConnections;
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
        private @Nullable Long maxHeldBytes;
        private int maxRequests = 1024;
        private int maxConnections = 4096;
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
         * How many bytes the bodies of inference requests that are on the way, and their answers from when they are made,
         * may take together, over all connections; at least {@link #maxRequestBytes}. By default a quarter of the memory
         * that the heap may grow to ({@link Runtime#maxMemory()}), or {@code maxRequestBytes} if that is more. A request
         * whose body does not fit beside what is held then is answered with 503 and what came of it is dropped; answers
         * are always sent. Bodies count as they come, whatever length a client announces. In JSON a body may make tensors
         * of four times its size, which are not counted.
         */
        public Builder maxHeldBytes(long bytes) {
            if (bytes < 1) {
                throw new InvalidInputException("maxHeldBytes", bytes, "must be 1 or more");
            }
            maxHeldBytes = bytes;
            return this;
        }

        private long heldBytes() {
            Long given = maxHeldBytes;
            if (given == null) {
                return Math.max(Runtime.getRuntime().maxMemory() / 4, maxRequestBytes);
            }
            if (given < maxRequestBytes) {
                throw new InvalidInputException(
                        "maxHeldBytes", given, "must be maxRequestBytes or more, which is " + maxRequestBytes);
            }
            return given;
        }

        /**
         * How many inference requests may be read, waiting, running and being answered at once; 1,024 by default. Further
         * ones are answered with 503, and their bodies are not kept.
         */
        public Builder maxRequests(int requests) {
            maxRequests = positive("maxRequests", requests);
            return this;
        }

        /**
         * How many connections of clients may be open at once; 4,096 by default. Further ones are answered with 503 before
         * they send anything, and closed; so are those of health probes, and the process needs a file descriptor for each.
         * {@link InferenceServer} holds to this; with {@link InferenceHandler} it is the affair of the host's server.
         */
        public Builder maxConnections(int connections) {
            maxConnections = positive("maxConnections", connections);
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

        /**
         * The limits.
         *
         * @throws InvalidInputException if {@link #maxHeldBytes} is less than {@link #maxRequestBytes}
         */
        public ServingLimits build() {
            return new ServingLimits(this);
        }
    }
}
