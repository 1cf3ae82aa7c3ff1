package dev.mlops.core.file;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/** Turns the {@link IOException}s of content streams and files into what the SDK throws. */
public final class ReadFailures {
    private ReadFailures() {}

    /** The SDK's own exception if one is the cause, else that {@code what} failed for want of the disk or the store. */
    public static MlopsException of(String what, IOException failure) {
        if (failure.getCause() instanceof MlopsException ours) {
            return ours;
        }
        if (failure instanceof ClosedByInterruptException) {
            return new CancelledException(what + ": the thread was interrupted", failure);
        }
        return new UnavailableException(what + ": " + failure, failure);
    }
}
