package dev.mlops.onnx.classification;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Stage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The stages that read scores. They take a tensor of FLOAT, FLOAT16 or BFLOAT16; a row is what lies along its last
 * dimension. NaN is refused, as it has no place in an order.
 */
public final class Scores {
    private Scores() {}

    /**
     * Makes probabilities of the logits of each row: {@code exp(x - max) / sum(exp(x - max))}, which does not overflow (I.
     * Goodfellow et al., Deep Learning, 2016, section 4.1). Sums are of doubles. Refuses NaN, positive infinity, and rows
     * of nothing but negative infinity.
     *
     * @return gives FLOAT of the same shape
     */
    public static Stage<Tensor, Tensor> softmax() {
        return Stage.of("softmax", scores -> byRow(scores, Scores::softmax));
    }

    private static float[] softmax(float[] row) {
        float max = row[best(row)];
        if (!Float.isFinite(max)) {
            throw new InvalidInputException("score", max, "has no softmax");
        }
        double sum = 0;
        double[] powers = new double[row.length];
        for (int i = 0; i < row.length; i++) {
            powers[i] = Math.exp((double) row[i] - max);
            sum += powers[i];
        }
        float[] shares = new float[row.length];
        for (int i = 0; i < row.length; i++) {
            shares[i] = (float) (powers[i] / sum);
        }
        return shares;
    }

    /**
     * Makes a probability of each logit by itself, {@code 1 / (1 + exp(-x))}.
     *
     * @return gives FLOAT of the same shape
     */
    public static Stage<Tensor, Tensor> sigmoid() {
        return Stage.of(
                "sigmoid",
                scores -> byRow(scores, row -> {
                    float[] shares = new float[row.length];
                    for (int i = 0; i < row.length; i++) {
                        shares[i] = (float) (1 / (1 + Math.exp(-checked(row[i]))));
                    }
                    return shares;
                }));
    }

    /** The place of the highest score of each row; of equal ones the first. */
    public static Stage<Tensor, int[]> argmax() {
        return Stage.of(
                "argmax", scores -> rows(scores).stream().mapToInt(Scores::best).toArray());
    }

    /**
     * The highest scores of each row, the highest first; of equal ones the first.
     *
     * @param k how many, at least 1; all where there are fewer classes
     * @param labels of as many classes as a row has scores
     */
    public static Stage<Tensor, List<List<Score>>> topK(int k, Labels labels) {
        if (k < 1) {
            throw new InvalidInputException("k", k, "must be positive");
        }
        return Stage.of(
                "top-k",
                scores -> rows(scores).stream()
                        .map(row -> topK(row, Math.min(k, row.length), labels))
                        .toList());
    }

    private static List<Score> topK(float[] row, int k, Labels labels) {
        labels.check(row.length);
        long[] order = new long[row.length];
        for (int i = 0; i < row.length; i++) {
            // The order of floats as that of ints, turned round, then the place: sorted, the highest and first comes
            // first.
            int bits = Float.floatToIntBits(checked(row[i]) + 0f);
            int ascending = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
            order[i] = ((long) ~ascending << 32) | i;
        }
        Arrays.sort(order);
        List<Score> best = new ArrayList<>(k);
        for (int i = 0; i < k; i++) {
            int index = (int) order[i];
            best.add(new Score(labels.of(index), index, row[index]));
        }
        return List.copyOf(best);
    }

    /** The place of the highest score; of equal ones the first. */
    private static int best(float[] row) {
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            if (checked(row[i]) > row[best]) {
                best = i;
            }
        }
        return best;
    }

    private static float checked(float score) {
        if (Float.isNaN(score)) {
            throw new InvalidInputException("score", score, "is no number");
        }
        return score;
    }

    private static Tensor byRow(Tensor scores, UnaryOperator<float[]> change) {
        float[] changed = new float[scores.size()];
        int to = 0;
        for (float[] row : rows(scores)) {
            System.arraycopy(change.apply(row), 0, changed, to, row.length);
            to += row.length;
        }
        return Tensor.floats(changed, scores.shape());
    }

    private static List<float[]> rows(Tensor scores) {
        long[] shape = scores.shape();
        int length = shape.length == 0 ? 0 : (int) shape[shape.length - 1];
        if (length == 0) {
            throw new InvalidInputException("scores", scores, "must have a row of one score at least");
        }
        float[] all = scores.floats();
        List<float[]> rows = new ArrayList<>();
        for (int from = 0; from < all.length; from += length) {
            rows.add(Arrays.copyOfRange(all, from, from + length));
        }
        return rows;
    }
}
