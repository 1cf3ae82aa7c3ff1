package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** The caller cancelled the call, or its thread was interrupted. */
public final class CancelledException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public CancelledException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public CancelledException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
