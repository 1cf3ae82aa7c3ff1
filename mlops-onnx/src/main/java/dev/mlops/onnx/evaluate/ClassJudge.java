package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.model.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Judges classes by their labels, and by scores where the model gives them. */
final class ClassJudge implements Judge<String> {
    private static final double TOLERANCE = 0.001;
    private static final double FLOAT_EPSILON = Math.ulp(1f);
    private static final double DOUBLE_EPSILON = Math.ulp(1.0);

    private final Labels labels;
    private final ConfusionMatrix confusion;
    private final RocAuc rocAuc;
    private double logLoss;

    ClassJudge(Labels labels, long keptScores) {
        for (int i = 0; i < labels.size(); i++) {
            if (labels.index(labels.of(i)).orElse(i) != i) {
                throw new InvalidInputException(
                        "label",
                        labels.of(i),
                        "is there twice, so that no target tells which is meant; number the labels");
            }
        }
        this.labels = labels;
        this.confusion = new ConfusionMatrix(labels);
        this.rocAuc = new RocAuc(labels.size(), keptScores);
    }

    /** What comes of one example. */
    private static final class Verdict {
        private final int truth;
        private final int prediction;
        private final double @Nullable [] scores;
        private final double loss;

        Verdict(int truth, int prediction, double @Nullable [] scores, double loss) {
            this.truth = truth;
            this.prediction = prediction;
            this.scores = scores;
            this.loss = loss;
        }
    }

    @Override
    public Runnable judge(List<String> targets, Tensor output) {
        Judge.checkRows(targets.size(), output);
        List<Verdict> verdicts = switch (output.elementType()) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16 -> byScores(targets, output);
            case STRING -> byLabels(targets, output.strings());
            default ->
                byLabels(
                        targets,
                        Arrays.stream(output.longs()).mapToObj(Long::toString).toArray(String[]::new));
        };
        return () -> verdicts.forEach(this::add);
    }

    private void add(Verdict verdict) {
        confusion.add(verdict.truth, verdict.prediction);
        logLoss += verdict.loss;
        double[] scores = verdict.scores;
        if (scores != null) {
            rocAuc.add(verdict.truth, scores);
        }
    }

    private List<Verdict> byLabels(List<String> targets, String[] given) {
        if (given.length != targets.size()) {
            throw new InvalidInputException("output", given.length + " labels", "must be one for each example");
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < given.length; i++) {
            verdicts.add(new Verdict(index("target", targets.get(i)), index("output", given[i]), null, Double.NaN));
        }
        return verdicts;
    }

    private int index(String field, String label) {
        return labels.index(label)
                .orElseThrow(() -> new InvalidInputException(field, label, "is not among the labels, " + labels));
    }

    private List<Verdict> byScores(List<String> targets, Tensor output) {
        double[] all = output.doubles();
        int length = all.length / targets.size();
        boolean isOfSecond = length == 1 && labels.size() == 2;
        if (length * targets.size() != all.length || (length != labels.size() && !isOfSecond)) {
            throw new InvalidInputException(
                    "output", output, "must have a score for each of " + labels.size() + " classes");
        }
        double epsilon = output.elementType() == ElementType.DOUBLE ? DOUBLE_EPSILON : FLOAT_EPSILON;
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < targets.size(); i++) {
            double[] row = isOfSecond ? ofSecond(all[i]) : Arrays.copyOfRange(all, i * length, (i + 1) * length);
            int truth = index("target", targets.get(i));
            verdicts.add(new Verdict(truth, best(row), row, loss(row, truth, epsilon)));
        }
        return verdicts;
    }

    private static double[] ofSecond(double probability) {
        if (!isProbability(probability)) {
            throw new InvalidInputException(
                    "score", probability, "is no probability, as the only score of two classes must be");
        }
        return new double[] {1 - probability, probability};
    }

    /** By rounding it may be a little less than 0 or more than 1. */
    private static boolean isProbability(double score) {
        return score >= -TOLERANCE && score <= 1 + TOLERANCE;
    }

    private static int best(double[] row) {
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            if (Double.isNaN(row[i])) {
                throw new InvalidInputException("score", row[i], "is no number");
            }
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }

    private static double loss(double[] row, int truth, double epsilon) {
        double sum = 0;
        for (double score : row) {
            if (!isProbability(score)) {
                return Double.NaN;
            }
            sum += score;
        }
        boolean areProbabilities = Math.abs(sum - 1) <= TOLERANCE;
        return areProbabilities ? -Math.log(Math.max(epsilon, Math.min(row[truth], 1 - epsilon))) : Double.NaN;
    }

    ClassificationReport report(Speed speed, Damages damages) {
        return new ClassificationReport(confusion, rocAuc.area(), logLoss / confusion.total(), speed, damages);
    }
}
