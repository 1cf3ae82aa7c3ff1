package dev.mlops.onnx.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How good and how fast a model that gives numbers is; the definitions are those of scikit-learn.
 *
 * @param examples how many there were
 * @param rmse the root of the mean of squared errors
 * @param mae the mean of absolute errors
 * @param r2 the coefficient of determination, 1 less the squared errors by those of the mean of all targets. If all targets
 *     are equal 1 without an error and else 0; NaN of a single example
 * @param speed how fast it was
 * @param damages what was left out
 */
public record RegressionReport(long examples, double rmse, double mae, double r2, Speed speed, Damages damages) {
    /** The metrics by name, those that are NaN left out, as a run tracker takes them. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("rmse", rmse);
        metrics.put("mae", mae);
        metrics.put("r2", r2);
        metrics.put("examples-per-second", speed.examplesPerSecond());
        metrics.values().removeIf(value -> value.isNaN());
        return metrics;
    }
}
