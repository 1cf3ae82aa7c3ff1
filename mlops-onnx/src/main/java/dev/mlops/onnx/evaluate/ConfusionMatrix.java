package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.classification.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How often each class was taken for each. The definitions are those of scikit-learn's {@code
 * precision_recall_fscore_support} with {@code zero_division=0}: what would be a division by zero is 0, and averages are
 * over the classes that occur as truth or as prediction. Immutable and thread-safe once it is given out.
 */
public final class ConfusionMatrix {
    private final Labels labels;
    private final Map<Long, Long> counts = new HashMap<>();
    private final long[] truths;
    private final long[] predictions;
    private final long[] right;
    private long total;

    ConfusionMatrix(Labels labels) {
        this.labels = labels;
        this.truths = new long[labels.size()];
        this.predictions = new long[labels.size()];
        this.right = new long[labels.size()];
    }

    void add(int truth, int prediction) {
        counts.merge(key(truth, prediction), 1L, Long::sum);
        truths[truth]++;
        predictions[prediction]++;
        right[truth] += truth == prediction ? 1 : 0;
        total++;
    }

    private long key(int truth, int prediction) {
        return (long) truth * truths.length + prediction;
    }

    private int index(String label) {
        return labels.index(label)
                .orElseThrow(() -> new InvalidInputException("label", label, "is not among those of the model"));
    }

    /** What the classes are called. */
    public Labels labels() {
        return labels;
    }

    /** How many examples there are. */
    public long total() {
        return total;
    }

    /** How many examples of a class were taken for one. */
    public long count(String truth, String prediction) {
        return counts.getOrDefault(key(index(truth), index(prediction)), 0L);
    }

    /** How many examples are of a class. */
    public long support(String label) {
        return truths[index(label)];
    }

    /** The share of examples whose class was found. */
    public double accuracy() {
        return ratio(IntStream.range(0, right.length).mapToLong(i -> right[i]).sum(), total);
    }

    /** Precision, recall and F1 of a class. */
    public Averages of(String label) {
        return of(index(label));
    }

    private Averages of(int i) {
        return new Averages(
                ratio(right[i], predictions[i]),
                ratio(right[i], truths[i]),
                ratio(2 * right[i], truths[i] + predictions[i]));
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /** The mean over the classes that occur. */
    public Averages macro() {
        return mean(i -> truths[i] + predictions[i] == 0 ? 0 : 1);
    }

    /** The mean over the classes, each weighing as many as its examples. */
    public Averages weighted() {
        return mean(i -> truths[i]);
    }

    /** Of all examples together; each of the three is the accuracy, as every example is of one class. */
    public Averages micro() {
        return new Averages(accuracy(), accuracy(), accuracy());
    }

    private interface Weight {
        long of(int index);
    }

    private Averages mean(Weight weight) {
        return new Averages(
                mean(weight, Averages::precision), mean(weight, Averages::recall), mean(weight, Averages::f1));
    }

    private double mean(Weight weight, ToDoubleFunction<Averages> metric) {
        double sum = 0;
        long weights = 0;
        for (int i = 0; i < truths.length; i++) {
            sum += weight.of(i) * metric.applyAsDouble(of(i));
            weights += weight.of(i);
        }
        return weights == 0 ? 0 : sum / weights;
    }

    /** The number of examples and the accuracy. */
    @Override
    public String toString() {
        return "%d examples, accuracy %.4f".formatted(total, accuracy());
    }
}
