package dev.mlops.onnx.evaluate;

import java.time.Duration;

/**
 * Counts times by their size, each power of two in 64 steps, as an HDR histogram does (G. Tene), in the same memory however
 * many there are. Not thread-safe.
 */
final class Latencies {
    private static final int STEP_BITS = 6;
    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[(Long.SIZE - STEP_BITS + 1) * STEPS];
    private long total;
    private long max;

    void add(long nanos) {
        long time = Math.max(nanos, 0);
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(time) - STEP_BITS - 1);
        counts[shift * STEPS + (int) (time >> shift)]++;
        total++;
        max = Math.max(max, time);
    }

    long total() {
        return total;
    }

    Duration max() {
        return Duration.ofNanos(max);
    }

    /** What this share of the times is at most. */
    Duration quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Duration.ofNanos(Math.min(highest(i), max));
            }
        }
        return max();
    }

    private static long highest(int index) {
        int shift = Math.max(0, index / STEPS - 1);
        return ((index - (long) shift * STEPS + 1) << shift) - 1;
    }
}
