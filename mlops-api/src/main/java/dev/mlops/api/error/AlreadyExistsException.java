package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** A thing with this name exists already. */
public final class AlreadyExistsException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public AlreadyExistsException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public AlreadyExistsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
