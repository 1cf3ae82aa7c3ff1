package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** A backend (database, object store, device engine, disk) cannot do this now. Nothing was acknowledged; retry later. */
public final class UnavailableException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public UnavailableException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean isRetryable() {
        return true;
    }
}
