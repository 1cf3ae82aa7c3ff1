package dev.mlops.onnx.detection;

import dev.mlops.api.error.InvalidInputException;

/**
 * Something that a detector found.
 *
 * @param box where
 * @param label what its class is called
 * @param index the place of the class among the labels
 * @param score how sure the detector is, higher is surer; not NaN
 */
public record Detection(Box box, String label, int index, float score) {
    /** Checks the score, by which detections are ordered. */
    public Detection {
        checkNumber("score", score);
    }

    static float checkNumber(String field, float value) {
        if (Float.isNaN(value)) {
            throw new InvalidInputException(field, value, "is no number");
        }
        return value;
    }

    /** The same at another place. */
    public Detection at(Box other) {
        return new Detection(other, label, index, score);
    }
}
