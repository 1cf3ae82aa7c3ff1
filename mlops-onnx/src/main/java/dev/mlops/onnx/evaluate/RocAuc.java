package dev.mlops.onnx.evaluate;

import java.util.Arrays;

/**
 * The area under the receiver operating characteristic, as the statistic of Mann and Whitney (1947) divided by the number
 * of pairs: how often an example of the class has a higher score than another one, equal scores counted as half. Keeps all
 * scores up to a limit. Not thread-safe.
 */
final class RocAuc {
    private static final int FEW = 1024;

    private final int classes;
    private final long limit;
    private double[] scores = {};
    private int[] truths = {};
    private int size;
    private boolean isDropped;

    RocAuc(int classes, long limit) {
        this.classes = classes;
        this.limit = limit;
    }

    void add(int truth, double[] row) {
        isDropped = isDropped || (size + 1L) * classes > limit;
        if (isDropped) {
            scores = new double[0];
            truths = new int[0];
            return;
        }
        if (size == truths.length) {
            int rows = (int) Math.min(Math.max(FEW, 2L * size), limit / classes);
            scores = Arrays.copyOf(scores, rows * classes);
            truths = Arrays.copyOf(truths, rows);
        }
        System.arraycopy(row, 0, scores, size * classes, classes);
        truths[size++] = truth;
    }

    /** The area of the second of two classes, or the mean of those of more; NaN if there is none. */
    double area() {
        if (isDropped || size == 0) {
            return Double.NaN;
        }
        if (classes == 2) {
            return area(1);
        }
        double sum = 0;
        int defined = 0;
        for (int i = 0; i < classes; i++) {
            double area = area(i);
            if (!Double.isNaN(area)) {
                sum += area;
                defined++;
            }
        }
        return defined == 0 ? Double.NaN : sum / defined;
    }

    private double area(int index) {
        int positives = (int)
                Arrays.stream(truths, 0, size).filter(truth -> truth == index).count();
        double[] inside = new double[positives];
        double[] outside = new double[size - positives];
        int in = 0;
        int out = 0;
        for (int i = 0; i < size; i++) {
            if (truths[i] == index) {
                inside[in++] = scores[i * classes + index];
            } else {
                outside[out++] = scores[i * classes + index];
            }
        }
        return area(inside, outside);
    }

    /** The share of pairs in which the first is higher, those that are equal counted as half; NaN without a pair. */
    static double area(double[] positives, double[] negatives) {
        Arrays.sort(positives);
        Arrays.sort(negatives);
        int below = 0;
        int notAbove = 0;
        double pairs = 0;
        for (double score : positives) {
            while (below < negatives.length && negatives[below] < score) {
                below++;
            }
            while (notAbove < negatives.length && negatives[notAbove] <= score) {
                notAbove++;
            }
            pairs += (below + (double) notAbove) / 2;
        }
        return pairs / ((double) positives.length * negatives.length);
    }
}
