package dev.mlops.onnx.classification;

/**
 * What a model thinks of one class.
 *
 * @param label what the class is called
 * @param index its place among the scores, from 0
 * @param value the score; a probability if the model or a stage made it one
 */
public record Score(String label, int index, float value) {
    /** Such as {@code cat 0.93}. */
    @Override
    public String toString() {
        return label + " " + value;
    }
}
