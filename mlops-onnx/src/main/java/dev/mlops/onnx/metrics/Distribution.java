package dev.mlops.onnx.metrics;

import org.HdrHistogram.AbstractHistogram;

/**
 * How some values are distributed; nanoseconds or rows. The quantiles are those of a histogram of two significant digits, so
 * they are at most one percent too high. All are 0 if there were no values.
 *
 * @param count how many values there were
 * @param mean their mean
 * @param p50 the median
 * @param p90 what nine in ten do not exceed
 * @param p99 what 99 in 100 do not exceed
 * @param p999 what 999 in 1,000 do not exceed
 * @param max the largest
 */
public record Distribution(long count, double mean, long p50, long p90, long p99, long p999, long max) {
    static Distribution of(AbstractHistogram histogram) {
        return new Distribution(
                histogram.getTotalCount(),
                histogram.getMean(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(90),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getMaxValue());
    }

    /** The sum of the values, as far as the mean tells it. */
    public double total() {
        return count * mean;
    }
}
