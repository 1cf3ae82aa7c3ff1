package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** What was asked for does not exist, or the caller may not see it (the two are not told apart, so that names do not leak). */
public final class NotFoundException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public NotFoundException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public NotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
