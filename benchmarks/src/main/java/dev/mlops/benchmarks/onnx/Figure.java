package dev.mlops.benchmarks.onnx;

import java.util.Set;

/**
 * A ratio that is compared with a figure.
 *
 * @param numerator a method
 * @param denominator a method
 * @param isAtLeast whether the ratio is wanted to be at least, else at most, the figure
 * @param wanted the figure
 * @param models for which; empty for all
 */
record Figure(String numerator, String denominator, boolean isAtLeast, double wanted, Set<String> models) {
    static Figure atMost(double wanted, String numerator, String denominator, String... models) {
        return new Figure(numerator, denominator, false, wanted, Set.of(models));
    }

    static Figure atLeast(double wanted, String numerator, String denominator, String... models) {
        return new Figure(numerator, denominator, true, wanted, Set.of(models));
    }

    boolean isFor(String model) {
        return models.isEmpty() || models.contains(model);
    }

    boolean isReachedBy(double ratio) {
        return isAtLeast ? ratio >= wanted : ratio <= wanted;
    }

    @Override
    public String toString() {
        return "at %s %s".formatted(isAtLeast ? "least" : "most", wanted);
    }
}
