package dev.mlops.onnx.batching;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many rows a batch may have so that a latency objective holds: one more after each window that held it, nine tenths
 * after one that did not (Crankshaw et al., Clipper, NSDI 2017, section 4.3.1). Thread-safe.
 */
final class BatchLimit {
    /** The rows after which the share of late ones is looked at. */
    private static final int WINDOW = 200;

    private static final double DECREASE = 0.9;

    private final int most;
    private final long objective;
    private volatile int limit;
    private int seen;
    private int late;

    BatchLimit(int most, @Nullable Duration objective) {
        this.most = most;
        this.objective = objective == null ? Long.MAX_VALUE : objective.toNanos();
        this.limit = most;
    }

    int rows() {
        return limit;
    }

    /** Takes note of rows that were done so many nanoseconds after they came. */
    void took(int rows, long nanos) {
        if (objective != Long.MAX_VALUE) {
            adapt(rows, nanos);
        }
    }

    private synchronized void adapt(int rows, long nanos) {
        seen += rows;
        if (nanos > objective) {
            late += rows;
        }
        if (seen >= WINDOW) {
            boolean isHeld = late * 100L <= seen;
            limit = isHeld ? Math.min(most, limit + 1) : Math.max(1, (int) (limit * DECREASE));
            seen = 0;
            late = 0;
        }
    }
}
