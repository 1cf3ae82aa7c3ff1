package dev.mlops.benchmarks.onnx;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/** Exact percentiles of times, by nearest rank. Immutable. */
final class Percentiles {
    private final long[] sorted;

    /** Of these times in nanoseconds. */
    Percentiles(long... nanos) {
        sorted = nanos.clone();
        Arrays.sort(sorted);
    }

    int count() {
        return sorted.length;
    }

    /** The time that so many percent of all do not exceed; zero if there are none. */
    Duration at(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return Duration.ofNanos(sorted.length == 0 ? 0 : sorted[Math.max(rank, 1) - 1]);
    }

    Duration max() {
        return at(100);
    }

    static String micros(Duration time) {
        return "%.1f".formatted(time.toNanos() / (double) TimeUnit.MICROSECONDS.toNanos(1));
    }

    static String millis(Duration time) {
        return "%.2f".formatted(time.toNanos() / (double) TimeUnit.MILLISECONDS.toNanos(1));
    }
}
