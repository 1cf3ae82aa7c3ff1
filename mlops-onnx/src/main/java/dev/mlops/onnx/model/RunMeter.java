package dev.mlops.onnx.model;

import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Counts the runs of one model in metrics that may be shared with others. Thread-safe. */
final class RunMeter {
    private final InferenceMetrics metrics;
    private final boolean hasRows;

    RunMeter(InferenceMetrics metrics, Signature signature) {
        this.metrics = metrics;
        this.hasRows = hasRows(signature);
    }

    private static boolean hasRows(Signature signature) {
        List<Dimension> first =
                signature.inputs().isEmpty() ? null : signature.inputs().get(0).shape();
        return first != null && !first.isEmpty() && first.get(0).isOpen();
    }

    /** The rows of a run on a first input of this shape: the open first dimension, otherwise 1. */
    private long rows(long[] firstShape) {
        return hasRows && firstShape.length > 0 ? firstShape[0] : 1;
    }

    /** Counts a request that has its result. */
    void succeeded(long[] firstShape, long computeNanos) {
        long rows = rows(firstShape);
        metrics.ran(rows, computeNanos);
        metrics.succeeded(rows);
    }

    /** Counts how long values were copied. */
    void copied(long nanos) {
        metrics.copied(nanos);
    }

    /** Counts a request that has none. */
    void failed(RuntimeException e, RunLimits limits, long nanos) {
        Failure reason = Failure.of(e);
        Duration within = limits.within();
        boolean isLate = reason == Failure.CANCELLED && within != null && nanos >= TimeUnit.NANOSECONDS.convert(within);
        metrics.failed(isLate ? Failure.DEADLINE : reason);
    }
}
