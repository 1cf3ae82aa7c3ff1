package dev.mlops.onnx.metrics;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;

/** Why a request had no result. */
public enum Failure {
    /** The inputs do not fit the signature, or the model fails on them. */
    INVALID_INPUT,
    /** The queue was full. */
    REJECTED,
    /** Its time was over, in the queue or while it ran. */
    DEADLINE,
    /** Somebody cancelled it, or what should have run it was closed meanwhile. */
    CANCELLED,
    /** What should have run it is closed, or could not run. */
    UNAVAILABLE,
    /** Anything else. */
    OTHER;

    /** The reason that an exception of the SDK stands for, where nothing better is known. */
    public static Failure of(Throwable thrown) {
        if (thrown instanceof InvalidInputException) {
            return INVALID_INPUT;
        }
        if (thrown instanceof CancelledException) {
            return CANCELLED;
        }
        return thrown instanceof UnavailableException ? UNAVAILABLE : OTHER;
    }
}
