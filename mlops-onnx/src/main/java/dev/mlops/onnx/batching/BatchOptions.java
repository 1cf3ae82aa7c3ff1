package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How rows of many callers are put together; the names are those of Triton Inference Server where it has one. Immutable;
 * make one with {@link #builder()}.
 */
public final class BatchOptions {
    /** The defaults of {@link Builder}. */
    public static final BatchOptions DEFAULT = builder().build();

    private final int maxBatchSize;
    private final List<Integer> preferredBatchSizes;
    private final Duration maxQueueDelay;
    private final int maxQueueSize;
    private final QueuePolicy queuePolicy;
    private final int priorityLevels;
    private final int workers;
    private final @Nullable Duration latencyObjective;
    private final Duration closeGrace;
    private final @Nullable InferenceMetrics metrics;
    private final Map<String, List<Long>> rowShapes;

    private BatchOptions(Builder builder) {
        maxBatchSize = builder.maxBatchSize;
        preferredBatchSizes = builder.preferredBatchSizes;
        maxQueueDelay = builder.maxQueueDelay;
        maxQueueSize = builder.maxQueueSize;
        queuePolicy = builder.queuePolicy;
        priorityLevels = builder.priorityLevels;
        workers = builder.workers;
        latencyObjective = builder.latencyObjective;
        closeGrace = builder.closeGrace;
        metrics = builder.metrics;
        rowShapes = Map.copyOf(builder.rowShapes);
        if (!preferredBatchSizes.isEmpty() && preferredBatchSizes.get(preferredBatchSizes.size() - 1) > maxBatchSize) {
            throw new InvalidInputException(
                    "preferredBatchSizes", preferredBatchSizes, "must not exceed maxBatchSize, " + maxBatchSize);
        }
    }

    /** What happens to a request when the queue is full. */
    public enum QueuePolicy {
        /** It is refused at once. */
        REJECT,
        /**
         * Its caller waits until there is room, also in the asynchronous forms, but not longer than the deadline of the
         * request. In a receiver of results, whose thread is the one that makes room, it is refused.
         */
        WAIT
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** See {@link Builder#maxBatchSize}. */
    public int maxBatchSize() {
        return maxBatchSize;
    }

    /** See {@link Builder#preferredBatchSizes}; ascending. */
    public List<Integer> preferredBatchSizes() {
        return preferredBatchSizes;
    }

    /** See {@link Builder#maxQueueDelay}. */
    public Duration maxQueueDelay() {
        return maxQueueDelay;
    }

    /** See {@link Builder#maxQueueSize}. */
    public int maxQueueSize() {
        return maxQueueSize;
    }

    /** See {@link Builder#queuePolicy}. */
    public QueuePolicy queuePolicy() {
        return queuePolicy;
    }

    /** See {@link Builder#priorityLevels}. */
    public int priorityLevels() {
        return priorityLevels;
    }

    /** See {@link Builder#workers}. */
    public int workers() {
        return workers;
    }

    /** See {@link Builder#latencyObjective}; null if there is none. */
    public @Nullable Duration latencyObjective() {
        return latencyObjective;
    }

    /** See {@link Builder#closeGrace}. */
    public Duration closeGrace() {
        return closeGrace;
    }

    /** See {@link Builder#metrics}; null if nothing is counted. */
    public @Nullable InferenceMetrics metrics() {
        return metrics;
    }

    /** See {@link Builder#rowShape}; by input. */
    public Map<String, List<Long>> rowShapes() {
        return rowShapes;
    }

    /** Builds options; not thread-safe. */
    public static final class Builder {
        private static final int MOST_ROWS = 1 << 16;

        private int maxBatchSize = 64;
        private List<Integer> preferredBatchSizes = List.of();
        private Duration maxQueueDelay = Duration.ZERO;
        private int maxQueueSize = 10_000;
        private QueuePolicy queuePolicy = QueuePolicy.REJECT;
        private int priorityLevels = 1;
        private int workers = 1;
        private @Nullable Duration latencyObjective;
        private Duration closeGrace = Duration.ofSeconds(10);
        private @Nullable InferenceMetrics metrics;
        private final Map<String, List<Long>> rowShapes = new HashMap<>();

        private Builder() {}

        private static int inRange(String field, int value, int least, int most) {
            if (value < least || value > most) {
                throw new InvalidInputException(field, value, "must be " + least + " to " + most);
            }
            return value;
        }

        /** The most rows that are run together; 64 by default. */
        public Builder maxBatchSize(int rows) {
            maxBatchSize = inRange("maxBatchSize", rows, 1, MOST_ROWS);
            return this;
        }

        /**
         * Numbers of rows at which the model is fastest: a batch is run without further delay when one of them is
         * reached exactly. None by default.
         */
        public Builder preferredBatchSizes(int... rows) {
            int[] sorted = rows.clone();
            Arrays.sort(sorted);
            if (sorted.length > 0) {
                inRange("preferredBatchSizes", sorted[0], 1, MOST_ROWS);
            }
            preferredBatchSizes = Arrays.stream(sorted).boxed().toList();
            return this;
        }

        /**
         * How long a row waits for others before it is run in a batch that is not full, to the microsecond; less if the
         * deadline of a request in the batch is over before. Zero by default: a batch is what came in while the one before
         * was running, which is best unless rows come slowly.
         */
        public Builder maxQueueDelay(Duration delay) {
            maxQueueDelay = Waits.notNegative("maxQueueDelay", delay);
            return this;
        }

        /** How many rows may wait; 10,000 by default. A request of more rows is let in when none wait. */
        public Builder maxQueueSize(int rows) {
            maxQueueSize = inRange("maxQueueSize", rows, 1, Integer.MAX_VALUE / 2);
            return this;
        }

        /** What happens when more rows come; {@link QueuePolicy#REJECT} by default. */
        public Builder queuePolicy(QueuePolicy policy) {
            queuePolicy = policy;
            return this;
        }

        /**
         * How many priorities there are, 1 to 16: 1, the first to be run, to this number, which is also the default of
         * requests. 1 by default.
         */
        public Builder priorityLevels(int levels) {
            priorityLevels = inRange("priorityLevels", levels, 1, 16);
            return this;
        }

        /** How many batches may run at once, each on a thread of its own; 1 by default. */
        public Builder workers(int threads) {
            workers = inRange("workers", threads, 1, 256);
            return this;
        }

        /**
         * Makes batches smaller while more than one row in a hundred takes longer than this from the call to the result,
         * and larger again, up to the maximum, while they do not (additive increase, multiplicative decrease as in
         * Clipper, NSDI 2017). None by default.
         */
        public Builder latencyObjective(Duration p99) {
            latencyObjective = Waits.positive("latencyObjective", p99);
            return this;
        }

        /** How long {@link BatchingModel#close()} waits for rows in the queue before it gives them up; 10 s by default. */
        public Builder closeGrace(Duration grace) {
            closeGrace = Waits.notNegative("closeGrace", grace);
            return this;
        }

        /**
         * The shape of one row of an input that has more open dimensions than the first, such as 128 for token ids of
         * INT64[batch,sequence]: rows that run together must have the same shape, to which callers pad them.
         *
         * @param sizes of all dimensions but the first, positive
         */
        public Builder rowShape(String input, long... sizes) {
            List<Long> shape = Arrays.stream(sizes).boxed().toList();
            if (shape.stream().anyMatch(size -> size < 1)) {
                throw new InvalidInputException("rowShape of '" + input + "'", shape, "must be positive");
            }
            rowShapes.put(input, shape);
            return this;
        }

        /** Counts requests and batches there. None by default. */
        public Builder metrics(InferenceMetrics counted) {
            metrics = counted;
            return this;
        }

        /** The options. */
        public BatchOptions build() {
            return new BatchOptions(this);
        }
    }
}
