package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one request is treated.
 *
 * @param priority 1, the first to be run, up to {@link BatchOptions#priorityLevels()}; 0 for the last of these
 * @param deadline how long it may take until its batch begins, positive; otherwise it is given up, which its caller learns
 *     when it would have been its turn. Null for any time
 */
public record RequestOptions(int priority, @Nullable Duration deadline) {
    /** The last priority, and any time. */
    public static final RequestOptions DEFAULT = new RequestOptions(0, null);

    /** Checks the values. */
    public RequestOptions {
        if (priority < 0) {
            throw new InvalidInputException("priority", priority, "must not be negative");
        }
        if (deadline != null) {
            Waits.positive("deadline", deadline);
        }
    }

    /** A priority, and any time. */
    public static RequestOptions priority(int priority) {
        return new RequestOptions(priority, null);
    }

    /** The last priority, and a deadline. */
    public static RequestOptions within(Duration deadline) {
        return new RequestOptions(0, deadline);
    }
}
