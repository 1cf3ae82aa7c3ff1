package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** The backend did not say whether a change was committed. Look before trying again, and clean nothing up. */
public final class OutcomeUnknownException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public OutcomeUnknownException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
