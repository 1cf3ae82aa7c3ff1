package dev.mlops.api.error;

import org.jspecify.annotations.Nullable;

/** Bytes are not what their checksum says, or a stored document cannot be read. */
public final class IntegrityException extends MlopsException {
    private static final long serialVersionUID = 1L;

    /** Creates the exception with what failed, the ids and values involved, and what to do. */
    public IntegrityException(String message) {
        super(message, null);
    }

    /** Creates the exception with a message and its cause; {@code cause} may be null. */
    public IntegrityException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
