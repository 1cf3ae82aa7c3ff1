package dev.mlops.onnx.model;

import ai.onnxruntime.OrtException;
import org.jspecify.annotations.Nullable;

/**
 * All that one run at a time of any shape needs, kept for the next. Confined to the thread that took it, but for
 * {@link #terminate}.
 */
interface Lane extends Terminable {
    /**
     * Runs the model once.
     *
     * @param inputs a value for each input, of its type
     * @param wanted the indexes of the outputs to compute
     * @param shapes the shape of each output where it is known in advance and may be trusted, else null
     */
    Value[] run(Value[] inputs, int[] wanted, long[] @Nullable [] shapes) throws OrtException;

    /** Measures from now on how long ONNX Runtime takes for a run. */
    void measure();

    /** How many nanoseconds it took for the last run, if that is measured. */
    long computeNanos();
}
