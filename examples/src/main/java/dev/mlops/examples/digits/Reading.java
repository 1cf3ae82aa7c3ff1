package dev.mlops.examples.digits;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a model makes of an image.
 *
 * @param digit the digit with the highest score
 * @param scores a score for each digit from 0 to 9; probabilities if the model gives them
 */
public record Reading(int digit, List<Float> scores) {
    /** Copies the scores. */
    public Reading {
        scores = List.copyOf(scores);
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
        List<Float> scores = new ArrayList<>(Collections.nCopies(10, 0f));
        for (int i = 0; i < row.length; i++) {
            scores.set(Integer.parseInt(order[i]), row[i]);
        }
        return new Reading(scores.indexOf(Collections.max(scores)), scores);
    }
}
