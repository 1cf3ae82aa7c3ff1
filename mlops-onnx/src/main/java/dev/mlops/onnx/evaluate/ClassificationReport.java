package dev.mlops.onnx.evaluate;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How good and how fast a classifier is.
 *
 * @param confusion how often each class was taken for each, with accuracy, precision, recall and F1
 * @param rocAuc the area under the receiver operating characteristic: of two classes that of the second, of more the mean
 *     of each against the rest (scikit-learn's {@code roc_auc_score} with {@code multi_class="ovr", average="macro"}),
 *     leaving out classes that all or no examples have. NaN if there are no scores, too many, or no such class
 * @param logLoss the mean of {@code -ln(p)}, p the probability given to the right class, clipped to {@code [eps, 1 - eps]}
 *     with the machine epsilon of the element type (scikit-learn's {@code log_loss}). NaN if the scores of an example are
 *     no probabilities, that is not 0 to 1 with a sum of 1, each to 0.001
 * @param speed how fast it was
 * @param damages what was left out
 */
public record ClassificationReport(
        ConfusionMatrix confusion, double rocAuc, double logLoss, Speed speed, Damages damages) {
    /** The share of examples whose class was found. */
    public double accuracy() {
        return confusion.accuracy();
    }

    /** The metrics by name, those that are NaN left out, as a run tracker takes them. */
    public Map<String, Double> metrics() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("accuracy", accuracy());
        put(metrics, "macro", confusion.macro());
        put(metrics, "weighted", confusion.weighted());
        metrics.put("roc-auc", rocAuc);
        metrics.put("log-loss", logLoss);
        metrics.put("examples-per-second", speed.examplesPerSecond());
        metrics.values().removeIf(value -> value.isNaN());
        return metrics;
    }

    private static void put(Map<String, Double> metrics, String average, Averages averages) {
        metrics.put("precision-" + average, averages.precision());
        metrics.put("recall-" + average, averages.recall());
        metrics.put("f1-" + average, averages.f1());
    }
}
