package dev.mlops.onnx.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Counts what models run, and how long it takes. Given to a model by {@code OnnxOptions.Builder.metrics} or to a batching
 * model by {@code BatchOptions.Builder.metrics}; several may share one, such as the models that serve one name one after
 * the other. Thread-safe; counting makes no garbage and takes no lock, {@link #snapshot()} may be called at any time.
 * One takes some 300 KB of memory. Times above an hour count as an hour, rows above 1,048,576 as so many, and negative
 * values as 0.
 */
public final class InferenceMetrics {
    /** Longer times count as this. */
    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private static final long MOST_ROWS = 1 << 20;
    private static final int DIGITS = 2;

    private final LongAdder requests = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final Map<Failure, LongAdder> failures = new EnumMap<>(Failure.class);
    private final ConcurrentHistogram queue = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    private final ConcurrentHistogram copy = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    private final ConcurrentHistogram compute = new ConcurrentHistogram(LONGEST_NANOS, DIGITS);
    private final ConcurrentHistogram batch = new ConcurrentHistogram(MOST_ROWS, DIGITS);

    /** Nothing is counted yet. */
    public InferenceMetrics() {
        for (Failure reason : Failure.values()) {
            failures.put(reason, new LongAdder());
        }
    }

    /**
     * Counts a run of ONNX Runtime.
     *
     * @param rowCount how many rows it had
     * @param nanos how long it took
     */
    public void ran(long rowCount, long nanos) {
        compute.recordValue(within(nanos, LONGEST_NANOS));
        batch.recordValue(within(rowCount, MOST_ROWS));
    }

    /** Counts how long the values of a run took to be copied. */
    public void copied(long nanos) {
        copy.recordValue(within(nanos, LONGEST_NANOS));
    }

    /** Counts how long a request waited. */
    public void waited(long nanos) {
        queue.recordValue(within(nanos, LONGEST_NANOS));
    }

    /** Counts a request that has its result. */
    public void succeeded(long rowCount) {
        requests.increment();
        rows.add(rowCount);
    }

    /** Counts a request that has none. */
    public void failed(Failure reason) {
        requests.increment();
        Objects.requireNonNull(failures.get(reason)).increment();
    }

    private static long within(long value, long most) {
        return Math.max(0, Math.min(value, most));
    }

    /** What is counted until now. */
    public InferenceSnapshot snapshot() {
        Map<Failure, Long> failed = new EnumMap<>(Failure.class);
        for (Failure reason : Failure.values()) {
            if (failures(reason) > 0) {
                failed.put(reason, failures(reason));
            }
        }
        return new InferenceSnapshot(
                requests(), rows(), failed, queueNanos(), copyNanos(), computeNanos(), batchRows());
    }

    long requests() {
        return requests.sum();
    }

    long rows() {
        return rows.sum();
    }

    long failures(Failure reason) {
        return Objects.requireNonNull(failures.get(reason)).sum();
    }

    Distribution queueNanos() {
        return Distribution.of(queue.copy());
    }

    Distribution copyNanos() {
        return Distribution.of(copy.copy());
    }

    Distribution computeNanos() {
        return Distribution.of(compute.copy());
    }

    Distribution batchRows() {
        return Distribution.of(batch.copy());
    }

    /** What {@link InferenceSnapshot#toString()} says of now. */
    @Override
    public String toString() {
        return snapshot().toString();
    }
}
