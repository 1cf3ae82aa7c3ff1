package dev.mlops.onnx.detection;

/**
 * Something that a detector found.
 *
 * @param box where
 * @param label what its class is called
 * @param index the place of the class among the labels
 * @param score how sure the detector is, higher is surer
 */
public record Detection(Box box, String label, int index, float score) {
    /** The same at another place. */
    public Detection at(Box other) {
        return new Detection(other, label, index, score);
    }
}
