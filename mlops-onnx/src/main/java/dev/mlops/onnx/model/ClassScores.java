package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The scores of classes, such as probabilities, as a dense matrix with a row for each row of the input and a column for
 * each class. Immutable.
 */
public final class ClassScores {
    private final List<Object> keys;
    private final List<String> labels;
    private final float[] scores;

    /** Over an array that nobody else changes, whose length is a multiple of the labels'. */
    private ClassScores(List<Object> keys, float[] scores) {
        this.keys = keys;
        this.labels = keys.stream().map(Object::toString).toList();
        this.scores = scores;
    }

    /** The matrix that a model gave, whose last dimension must be that of the labels. */
    static ClassScores of(String output, List<Object> keys, Tensor matrix) {
        long[] shape = matrix.rawShape();
        if (shape.length < 1 || shape.length > 2 || shape[shape.length - 1] != keys.size()) {
            throw new InvalidInputException(
                    "output '" + output + "'", matrix, "does not have the " + keys.size() + " columns of its labels");
        }
        return new ClassScores(keys, (float[]) matrix.rawElements());
    }

    /** The same scores from a map for each row, the labels in their natural order. */
    static ClassScores of(String output, List<Value.Mapping> rows) {
        List<Object> keys = rows.isEmpty()
                ? List.of()
                : rows.get(0).entries().keySet().stream().sorted().toList();
        float[] scores = new float[Math.multiplyExact(rows.size(), keys.size())];
        for (int i = 0; i < scores.length; i++) {
            Map<Object, Object> row = rows.get(i / keys.size()).entries();
            if (row.size() != keys.size() || !(row.get(keys.get(i % keys.size())) instanceof Number score)) {
                throw new InvalidInputException("output", output, "has rows of other labels, or no numbers");
            }
            scores[i] = score.floatValue();
        }
        return new ClassScores(keys, scores);
    }

    /** The label of each column, in the order of the model where it tells one; those that are numbers in decimal digits. */
    public List<String> labels() {
        return labels;
    }

    /** The number of rows. */
    public int rows() {
        return labels.isEmpty() ? 0 : scores.length / labels.size();
    }

    /** The scores row after row. */
    public float[] scores() {
        return scores.clone();
    }

    /**
     * One score.
     *
     * @param label the index of a label
     * @throws IndexOutOfBoundsException if there is no such row or label
     */
    public float score(int row, int label) {
        return scores[place(row) + Objects.checkIndex(label, labels.size())];
    }

    /**
     * The label with the highest score of a row, the first of several; NaN is lower than all.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public String best(int row) {
        int first = place(row);
        int best = 0;
        for (int i = 1; i < labels.size(); i++) {
            if (scores[first + i] > scores[first + best] || Float.isNaN(scores[first + best])) {
                best = i;
            }
        }
        return labels.get(best);
    }

    private int place(int row) {
        return Objects.checkIndex(row, rows()) * labels.size();
    }

    /** What a ZipMap node makes of it. */
    Value.Sequence zipped() {
        List<Value> rows = new ArrayList<>();
        for (int row = 0; row < rows(); row++) {
            Map<Object, Object> entries = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                entries.put(keys.get(i), scores[row * keys.size() + i]);
            }
            rows.add(new Value.Mapping(entries));
        }
        return new Value.Sequence(rows);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ClassScores that && labels.equals(that.labels) && Arrays.equals(scores, that.scores);
    }

    @Override
    public int hashCode() {
        return 31 * labels.hashCode() + Arrays.hashCode(scores);
    }

    /** The number of rows, and the labels. */
    @Override
    public String toString() {
        return rows() + " rows of " + labels;
    }
}
