package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/**
 * Root of every exception that the SDK throws on purpose. Catch a leaf to react to one kind of failure; {@link
 * #isRetryable()} tells whether the same call may succeed later without a change by the caller.
 *
 * <p>Messages name what failed with ids and values, and never hold a secret.
 */
public abstract class MlopsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MlopsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** True when the same call may succeed if it is made again; false by default. */
    public boolean isRetryable() {
        return false;
    }
}
