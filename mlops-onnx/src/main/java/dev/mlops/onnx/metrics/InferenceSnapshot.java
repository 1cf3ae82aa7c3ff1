package dev.mlops.onnx.metrics;

import java.util.Map;
import java.util.stream.Collectors;

/**
 * What {@link InferenceMetrics} had counted at one moment. Immutable.
 *
 * @param requests how many requests ended, with a result or without one
 * @param rows how many rows had a result
 * @param failures how many requests ended without a result, by reason; reasons that did not occur are missing
 * @param queueNanos how long requests waited for their batch to begin; of batching models only
 * @param copyNanos how long the values of a run took to be copied to and from native memory; not of bound runs, where
 *     the caller does it
 * @param computeNanos how long ONNX Runtime took for a run
 * @param batchRows how many rows a run had
 */
public record InferenceSnapshot(
        long requests,
        long rows,
        Map<Failure, Long> failures,
        Distribution queueNanos,
        Distribution copyNanos,
        Distribution computeNanos,
        Distribution batchRows) {
    /** Copies the map. */
    public InferenceSnapshot {
        failures = Map.copyOf(failures);
    }

    /** How many requests ended without a result. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Some lines for people: counts, failures, and the quantiles of each distribution. */
    @Override
    public String toString() {
        return """
                requests %,d, rows %,d, failures %s
                queue    %s
                copy     %s
                compute  %s
                batch    p50 %,d, p99 %,d, max %,d rows in %,d runs""".formatted(
                        requests,
                        rows,
                        failures.isEmpty() ? "none" : failuresInOrder(),
                        times(queueNanos),
                        times(copyNanos),
                        times(computeNanos),
                        batchRows.p50(),
                        batchRows.p99(),
                        batchRows.max(),
                        batchRows.count());
    }

    private String failuresInOrder() {
        return failures.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(", "));
    }

    private static String times(Distribution nanos) {
        return nanos.count() == 0
                ? "none"
                : "p50 %s, p99 %s, p99.9 %s, max %s"
                        .formatted(time(nanos.p50()), time(nanos.p99()), time(nanos.p999()), time(nanos.max()));
    }

    private static String time(long nanos) {
        double micros = nanos / 1e3;
        return micros < 1e3 ? "%.1f us".formatted(micros) : "%.1f ms".formatted(micros / 1e3);
    }
}
