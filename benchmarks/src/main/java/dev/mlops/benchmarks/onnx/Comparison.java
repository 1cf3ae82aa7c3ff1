package dev.mlops.benchmarks.onnx;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * What the methods of a benchmark gave for one model.
 *
 * @param scores of each method, one a round, in the order of the rounds; NaN where a fork failed
 */
record Comparison(Map<String, List<Score>> scores) {
    /** Less is what the profiler and late compilation make. */
    private static final double ONE_BYTE = 1;

    boolean has(String method) {
        return scores.containsKey(method);
    }

    double value(String method) {
        return median(method, Score::value);
    }

    /** Bytes an operation, 0 if less than one; NaN if they were not measured. */
    double bytes(String method) {
        double bytes = median(method, Score::bytes);
        return bytes < ONE_BYTE ? 0 : bytes;
    }

    /** The median of the ratios of the two methods in each round. */
    double ratio(Figure figure) {
        List<Score> above = of(figure.numerator());
        List<Score> below = of(figure.denominator());
        return median(IntStream.range(0, Math.min(above.size(), below.size()))
                .mapToDouble(
                        round -> above.get(round).value() / below.get(round).value())
                .toArray());
    }

    private List<Score> of(String method) {
        return scores.getOrDefault(method, List.of());
    }

    private double median(String method, ToDoubleFunction<Score> part) {
        return median(of(method).stream().mapToDouble(part).toArray());
    }

    /** Without those that are no numbers; NaN if there are none. */
    private static double median(double... values) {
        double[] sorted = Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
