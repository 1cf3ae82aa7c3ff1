package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** Somebody else changed the same thing first. Nothing was changed by this call; read again and retry. */
public final class ConflictException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public ConflictException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public ConflictException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
