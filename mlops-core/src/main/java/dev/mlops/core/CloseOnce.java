package dev.mlops.core;

import dev.mlops.api.error.UnavailableException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Closes some things in reverse order, once; a failure does not keep the others from being closed. */
final class CloseOnce implements Runnable {
    private final List<AutoCloseable> closeables;
    private final AtomicBoolean closed = new AtomicBoolean();

    CloseOnce(List<AutoCloseable> closeables) {
        this.closeables = List.copyOf(closeables);
    }

    @Override
    public void run() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        RuntimeException failure = null;
        for (int i = closeables.size() - 1; i >= 0; i--) {
            failure = close(closeables.get(i), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable RuntimeException close(AutoCloseable closeable, @Nullable RuntimeException before) {
        try {
            closeable.close();
            return before;
        } catch (Exception e) {
            RuntimeException failure = e instanceof RuntimeException runtime
                    ? runtime
                    : new UnavailableException("closing failed: " + e.getMessage(), e);
            if (before == null) {
                return failure;
            }
            before.addSuppressed(failure);
            return before;
        }
    }
}
