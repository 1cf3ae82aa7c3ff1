package dev.mlops.examples.digits;

/**
 * What a model makes of an image.
 *
 * @param digit the digit with the highest score
 * @param scores a score for each digit from 0 to 9; probabilities if the model gives them
 */
public record Reading(int digit, float[] scores) {
    /** Copies the scores. */
    public Reading {
        scores = scores.clone();
    }

    /**
     * Reads a row of scores.
     *
     * @param labels the label of each score, as {@link DigitModel#LABELS} says it
     */
    static Reading of(String labels, float[] row) {
        String[] order = labels.split(",", -1);
        if (order.length != row.length) {
            throw new IllegalArgumentException("%d scores for the labels %s".formatted(row.length, labels));
        }
        float[] scores = new float[10];
        int best = 0;
        for (int i = 0; i < row.length; i++) {
            scores[Integer.parseInt(order[i])] = row[i];
            best = row[i] > row[best] ? i : best;
        }
        return new Reading(Integer.parseInt(order[best]), scores);
    }

    @Override
    public float[] scores() {
        return scores.clone();
    }
}
