package dev.mlops.api.progress;

import dev.mlops.api.error.CancelledException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A switch that ends a long call: give it to the call and {@link #cancel()} it from any thread. The call then throws
 * {@link CancelledException} soon and leaves the state from before it. Thread-safe; cannot be reset.
 */
public final class Cancellation {
    private final AtomicBoolean cancelled = new AtomicBoolean();

    /** Asks the call to end; further calls do nothing. */
    public void cancel() {
        cancelled.set(true);
    }

    /** True after {@link #cancel()}. */
    public boolean isCancelled() {
        return cancelled.get();
    }

    /**
     * For the one who does the work: throws if the work should end.
     *
     * @param what the work, for the message, such as {@code publish of data set 'digits'}
     * @throws CancelledException if this was cancelled or the current thread is interrupted (which stays so)
     */
    public void check(String what) {
        if (cancelled.get()) {
            throw new CancelledException(what + " was cancelled");
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CancelledException(what + " was interrupted");
        }
    }
}
