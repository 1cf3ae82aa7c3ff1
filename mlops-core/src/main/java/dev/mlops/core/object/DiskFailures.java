package dev.mlops.core.object;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;

/** Turns what the file system throws into what the SDK throws; the one place that does. */
public final class DiskFailures {
    private DiskFailures() {}

    /** Never null; {@code what} says what failed, such as {@code cannot write object 'a/b' to files in /data}. */
    public static MlopsException unavailable(String what, IOException failure) {
        if (failure instanceof ClosedByInterruptException) {
            return new CancelledException(what + ": the thread was interrupted", failure);
        }
        return new UnavailableException(what + ": " + reason(failure), failure);
    }

    private static String reason(IOException failure) {
        String kind = failure.getClass().getSimpleName();
        if (failure instanceof FileSystemException file && file.getReason() == null) {
            return kind + " on " + file.getFile();
        }
        return failure.getMessage() == null ? kind : failure.getMessage();
    }
}
