package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.time.Duration;
import java.util.List;
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
    private final boolean sharedThreads;
    private final boolean arena;
    private final Packing packing;
    private final List<ExecutionProvider> providers;
    private final @Nullable InferenceMetrics metrics;

    private OnnxOptions(Builder builder) {
        intraOpThreads = builder.intraOpThreads;
        spinning = builder.spinning;
        optimization = builder.optimization;
        maxModelBytes = builder.maxModelBytes;
        closeGrace = builder.closeGrace;
        foreignFunctions = builder.foreignFunctions;
        cache = builder.cache;
        sharedThreads = builder.sharedThreads;
        arena = builder.arena;
        packing = builder.packing;
        providers = builder.providers;
        metrics = builder.metrics;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with what suits a purpose; all of it can be changed. */
    public static Builder builder(Preset purpose) {
        return purpose.set(new Builder());
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

    /** See {@link Builder#sharedThreads}. */
    public boolean sharesThreads() {
        return sharedThreads;
    }

    /** See {@link Builder#withoutArena}. */
    public boolean arena() {
        return arena;
    }

    /** See {@link Builder#packing}. */
    public Packing packing() {
        return packing;
    }

    /** See {@link Builder#providers}. */
    public List<ExecutionProvider> providers() {
        return providers;
    }

    /** See {@link Builder#metrics}; null if nothing is counted. */
    public @Nullable InferenceMetrics metrics() {
        return metrics;
    }

    /** What a model is to be good at. */
    public enum Preset {
        /** The shortest time of one run at a time: all cores, whose threads spin while they wait for work. */
        LATENCY {
            @Override
            Builder set(Builder builder) {
                return builder.intraOpThreads(0).allowSpinning();
            }
        },
        /** The most runs by many callers or batch workers: each run on the thread of its caller alone. */
        THROUGHPUT {
            @Override
            Builder set(Builder builder) {
                return builder.intraOpThreads(1);
            }
        },
        /**
         * A host that does other things too: threads shared by all models, and memory given back after each run instead of
         * being kept for the next.
         */
        SHARED_HOST {
            @Override
            Builder set(Builder builder) {
                return builder.sharedThreads().withoutArena();
            }
        };

        abstract Builder set(Builder builder);
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
        private boolean sharedThreads;
        private boolean arena = true;
        private Packing packing = Packing.AT_LOAD;
        private List<ExecutionProvider> providers = List.of();
        private @Nullable InferenceMetrics metrics;

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

        /**
         * Has the threads of one pool, one for each core, work for all models with this setting, in the place of threads
         * of its own; {@link #intraOpThreads} and {@link #allowSpinning} say nothing then. If another library created ONNX
         * Runtime's environment first there is no such pool, and the model gets its own threads; see
         * {@link OnnxModel#runtime()}.
         */
        public Builder sharedThreads() {
            sharedThreads = true;
            return this;
        }

        /**
         * Has the memory that a run takes be given back when it is over. Otherwise ONNX Runtime keeps the most that was
         * ever used in an arena for later runs, which is faster.
         */
        public Builder withoutArena() {
            arena = false;
            return this;
        }

        /** When weights are copied into the order in which they are read best; {@link Packing#AT_LOAD} by default. */
        public Builder packing(Packing when) {
            packing = when;
            return this;
        }

        /**
         * What is to compute the model, the best first; what is not there is passed over, and the processor does what
         * nobody else does. {@link OnnxModel#runtime()} tells what became of it. By default, the processor alone.
         */
        public Builder providers(ExecutionProvider... wish) {
            providers = List.of(wish);
            return this;
        }

        /**
         * Counts runs there, those of {@link OnnxModel#run} and of bound runs. Costs two or three readings of the clock
         * a run. None by default. For a model that only a {@code BatchingModel} runs, give them to that one instead.
         */
        public Builder metrics(InferenceMetrics counted) {
            metrics = counted;
            return this;
        }

        /** The options. */
        public OnnxOptions build() {
            return new OnnxOptions(this);
        }
    }
}
