package dev.mlops.onnx.batching;

import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.metrics.InferenceMetrics;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what one batching model does, if somebody wants to know. Thread-safe. */
final class BatchMeter {
    private final @Nullable InferenceMetrics metrics;

    BatchMeter(@Nullable InferenceMetrics metrics) {
        this.metrics = metrics;
    }

    /** Now, or 0 where nobody wants to know. */
    long now() {
        return metrics == null ? 0 : System.nanoTime();
    }

    /** Counts requests whose batch begins now. */
    void began(List<Request> requests) {
        if (metrics != null) {
            long now = System.nanoTime();
            for (int i = 0; i < requests.size(); i++) {
                metrics.waited(now - requests.get(i).since);
            }
        }
    }

    /** Counts a batch by when it was begun, run and copied out. */
    void ran(int rows, long begun, long run, long done) {
        if (metrics != null) {
            metrics.ran(rows, done - run);
            metrics.copied(run - begun + System.nanoTime() - done);
        }
    }

    /** Counts a request that is over. */
    void ended(Request request) {
        if (metrics != null) {
            RuntimeException failure = request.failure();
            if (failure == null) {
                metrics.succeeded(request.rows);
            } else {
                metrics.failed(request.isLate() ? Failure.DEADLINE : Failure.of(failure));
            }
        }
    }

    /** Counts a request that was not taken. */
    void refused(Failure reason) {
        if (metrics != null) {
            metrics.failed(reason);
        }
    }
}
