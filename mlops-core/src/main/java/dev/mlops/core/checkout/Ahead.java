package dev.mlops.core.checkout;

import dev.mlops.api.error.CancelledException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * One piece of work at a time on a daemon thread of its own, while the thread that made this prepares the next one. Confined
 * to that thread, but for {@link #check()}.
 */
final class Ahead implements AutoCloseable {
    private final String name;
    private @Nullable FutureTask<Boolean> running;
    private volatile boolean isGivenUp;

    Ahead(String name) {
        this.name = name;
    }

    /** Begins a piece of work once the one before is done; throws what that one threw. */
    void run(Runnable work) {
        finish();
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        running = task;
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns when the last piece of work is done; throws what it threw. */
    void finish() {
        FutureTask<Boolean> task = running;
        running = null;
        if (task != null) {
            await(task);
        }
    }

    private void await(FutureTask<Boolean> task) {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            running = task;
            Thread.currentThread().interrupt();
            throw new CancelledException("the work of " + name + " was interrupted", e);
        }
    }

    /** Is asked by the work now and then; throws if its result is of no use any more. */
    void check() {
        if (isGivenUp) {
            throw new CancelledException("the work of " + name + " was given up");
        }
    }

    /** Has what still runs end, and waits for that: nothing is written once this returns. */
    @Override
    public void close() {
        isGivenUp = true;
        boolean isInterrupted = Thread.interrupted();
        try {
            finish();
        } catch (CancelledException givenUp) {
            // as it was told to
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
