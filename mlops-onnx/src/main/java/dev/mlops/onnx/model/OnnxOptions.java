package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a model is loaded and run. Immutable; make one with {@link #builder()}. */
public final class OnnxOptions {
    /** The defaults of {@link Builder}. */
    public static final OnnxOptions DEFAULT = builder().build();

    private final int intraOpThreads;
    private final boolean spinning;
    private final Optimization optimization;
    private final long maxModelBytes;
    private final Duration closeGrace;
    private final boolean foreignFunctions;
    private final @Nullable ModelCache cache;

    private OnnxOptions(Builder builder) {
        intraOpThreads = builder.intraOpThreads;
        spinning = builder.spinning;
        optimization = builder.optimization;
        maxModelBytes = builder.maxModelBytes;
        closeGrace = builder.closeGrace;
        foreignFunctions = builder.foreignFunctions;
        cache = builder.cache;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#intraOpThreads}. */
    public int intraOpThreads() {
        return intraOpThreads;
    }

    /** See {@link Builder#allowSpinning}. */
    public boolean spinning() {
        return spinning;
    }

    /** See {@link Builder#optimization}. */
    public Optimization optimization() {
        return optimization;
    }

    /** See {@link Builder#maxModelBytes}. */
    public long maxModelBytes() {
        return maxModelBytes;
    }

    /** See {@link Builder#closeGrace}. */
    public Duration closeGrace() {
        return closeGrace;
    }

    /** See {@link Builder#foreignFunctions}. */
    public boolean foreignFunctions() {
        return foreignFunctions;
    }

    /** See {@link Builder#cache}; null if there is none. */
    public @Nullable ModelCache cache() {
        return cache;
    }

    /** How far ONNX Runtime rewrites the graph when it loads a model. */
    public enum Optimization {
        /** Not at all. */
        NONE,
        /** Constant folding and redundant nodes. */
        BASIC,
        /** Also fused nodes. */
        EXTENDED,
        /** Also memory layouts of this processor. */
        ALL
    }

    /** Builds options; not thread-safe. */
    public static final class Builder {
        private int intraOpThreads;
        private boolean spinning;
        private Optimization optimization = Optimization.ALL;
        private long maxModelBytes = 2L << 30;
        private Duration closeGrace = Duration.ofSeconds(10);
        private boolean foreignFunctions = true;
        private @Nullable ModelCache cache;

        private Builder() {}

        /**
         * Threads that work on one operator of one run, the caller's among them: 1 for small models and many callers; 0,
         * the default, for as many as the processor has cores.
         */
        public Builder intraOpThreads(int threads) {
            if (threads < 0 || threads > 1024) {
                throw new InvalidInputException("intraOpThreads", threads, "must be 0 to 1024");
            }
            intraOpThreads = threads;
            return this;
        }

        /** Lets those threads spin while they wait for work: faster alone, wasteful on a shared host. Off by default. */
        public Builder allowSpinning() {
            spinning = true;
            return this;
        }

        /** How far the graph is rewritten; {@link Optimization#ALL} by default. */
        public Builder optimization(Optimization level) {
            optimization = level;
            return this;
        }

        /** The largest model file in bytes that is loaded; 2 GiB by default, which is also the most that ONNX allows. */
        public Builder maxModelBytes(long bytes) {
            if (bytes < 1) {
                throw new InvalidInputException("maxModelBytes", bytes, "must be positive");
            }
            maxModelBytes = bytes;
            return this;
        }

        /** How long {@link OnnxModel#close()} waits for runs before it ends them; 10 seconds by default. */
        public Builder closeGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new InvalidInputException("closeGrace", grace, "must not be negative");
            }
            closeGrace = grace;
            return this;
        }

        /**
         * Whether ONNX Runtime is called by foreign functions where this JVM has them, which is Java 22 and later; true by
         * default. Otherwise, and on earlier releases, runs go through its Java binding, which costs more, knows no
         * unsigned integers but UINT8, and changes characters above U+FFFF.
         */
        public Builder foreignFunctions(boolean allowed) {
            foreignFunctions = allowed;
            return this;
        }

        /** Keeps optimized models there, from which they are loaded faster the next time. None by default. */
        public Builder cache(ModelCache optimized) {
            cache = optimized;
            return this;
        }

        /** The options. */
        public OnnxOptions build() {
            return new OnnxOptions(this);
        }
    }
}
