package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;

/** How a model is evaluated. Immutable; make one with {@link #builder()}. */
public final class EvaluationOptions {
    /** The defaults of {@link Builder}. */
    public static final EvaluationOptions DEFAULT = builder().build();

    private final int batchSize;
    private final int parallelism;
    private final long maxDamaged;
    private final long keptScores;
    private final long total;
    private final Cancellation cancellation;
    private final ProgressListener progress;

    private EvaluationOptions(Builder builder) {
        batchSize = builder.batchSize;
        parallelism = builder.parallelism;
        maxDamaged = builder.maxDamaged;
        keptScores = builder.keptScores;
        total = builder.total;
        cancellation = builder.cancellation;
        progress = builder.progress;
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#batchSize}. */
    public int batchSize() {
        return batchSize;
    }

    /** See {@link Builder#parallelism}. */
    public int parallelism() {
        return parallelism;
    }

    /** See {@link Builder#maxDamaged}. */
    public long maxDamaged() {
        return maxDamaged;
    }

    /** See {@link Builder#keptScores}. */
    public long keptScores() {
        return keptScores;
    }

    /** See {@link Builder#total}; -1 if it is not known. */
    public long total() {
        return total;
    }

    /** See {@link Builder#cancellation}. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** See {@link Builder#progress}. */
    public ProgressListener progress() {
        return progress;
    }

    /** Builds options; not thread-safe. */
    public static final class Builder {
        private int batchSize = 32;
        private int parallelism = 1;
        private long maxDamaged;
        private long keptScores = 10_000_000;
        private long total = -1;
        private Cancellation cancellation = new Cancellation();
        private ProgressListener progress = ProgressListener.NONE;

        private Builder() {}

        private static long inRange(String field, long value, long least, long most) {
            if (value < least || value > most) {
                throw new InvalidInputException(field, value, "must be " + least + " to " + most);
            }
            return value;
        }

        /** How many examples are run together; 32 by default. */
        public Builder batchSize(int examples) {
            batchSize = (int) inRange("batchSize", examples, 1, 1 << 16);
            return this;
        }

        /** How many threads prepare and run examples, the caller's among them; 1 by default. */
        public Builder parallelism(int threads) {
            parallelism = (int) inRange("parallelism", threads, 1, 256);
            return this;
        }

        /**
         * How many examples that cannot be read, prepared or run are left out and counted; one more ends the evaluation.
         * None by default, so that the first ends it.
         */
        public Builder maxDamaged(long examples) {
            maxDamaged = inRange("maxDamaged", examples, 0, Long.MAX_VALUE);
            return this;
        }

        /**
         * How many scores, examples times classes, are kept in memory for ROC AUC, at 8 bytes each; with more there is
         * none. At most 2^30; 10 million by default.
         */
        public Builder keptScores(long scores) {
            keptScores = inRange("keptScores", scores, 0, 1 << 30);
            return this;
        }

        /** How many examples there are, for the progress; not known by default. */
        public Builder total(long examples) {
            total = inRange("total", examples, 0, Long.MAX_VALUE);
            return this;
        }

        /** What ends the evaluation, looked at before each example is read; nothing by default but an interrupt of the caller. */
        public Builder cancellation(Cancellation cancellation) {
            this.cancellation = cancellation;
            return this;
        }

        /** Who is told of the progress, in examples; nobody by default. */
        public Builder progress(ProgressListener progress) {
            this.progress = progress;
            return this;
        }

        /** The options. */
        public EvaluationOptions build() {
            return new EvaluationOptions(this);
        }
    }
}
