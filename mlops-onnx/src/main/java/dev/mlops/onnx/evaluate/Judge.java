package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import java.util.List;

/** Compares what a model gave with what is right. */
interface Judge<T> {
    /**
     * Compares, on any thread.
     *
     * @param targets what is right for each row
     * @return counts the verdict; run by one thread at a time
     * @throws InvalidInputException if a target or an output is none
     */
    Runnable judge(List<T> targets, Tensor output);

    /** Throws unless there is a row for each target. */
    static void checkRows(int targets, Tensor output) {
        long[] shape = output.shape();
        if (shape.length == 0 || shape[0] != targets) {
            throw new InvalidInputException("output", output, "must have a row for each of " + targets + " examples");
        }
    }
}
