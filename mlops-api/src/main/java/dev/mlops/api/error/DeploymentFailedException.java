package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** A deployment did not become ready; the message says at which step and why, and what serves now. */
public final class DeploymentFailedException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public DeploymentFailedException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public DeploymentFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
