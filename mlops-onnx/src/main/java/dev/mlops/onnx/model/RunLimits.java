package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Cancellation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What ends a run before it is done: a time, somebody who cancels it, or both. ONNX Runtime looks between two operators
 * of the graph, so a run that is ended returns when its current operator is done.
 *
 * @param within how long the run may take, positive; null for any time
 * @param cancellation ends the run when it is cancelled; null for nobody
 */
public record RunLimits(@Nullable Duration within, @Nullable Cancellation cancellation) {
    /** Nothing ends the run. */
    public static final RunLimits NONE = new RunLimits(null, null);

    /** Checks the time. */
    public RunLimits {
        if (within != null && (within.isNegative() || within.isZero())) {
            throw new InvalidInputException("within", within, "must be positive");
        }
    }

    /** True if nothing ends the run. */
    boolean areNone() {
        return within == null && cancellation == null;
    }

    /** The run may take so long. */
    public static RunLimits within(Duration time) {
        return new RunLimits(time, null);
    }

    /** The run ends when this is cancelled. */
    public static RunLimits until(Cancellation cancellation) {
        return new RunLimits(null, cancellation);
    }

    /** The same, and the run also ends when this is cancelled. */
    public RunLimits orUntil(Cancellation other) {
        return new RunLimits(within, other);
    }
}
