package dev.mlops.core.content;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.MlopsException;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Reads one thing ahead on a thread of an executor. Who takes it reads it himself if no thread has begun with it: he may be
 * on the only thread that the executor has. All but the reading is confined to one thread.
 */
final class ReadAhead<T> {
    private final Executor executor;
    /** One call at most is in the executor's queue, and it holds nothing that was read. */
    private final AtomicBoolean isCalled = new AtomicBoolean();

    private volatile @Nullable FutureTask<T> next;

    ReadAhead(Executor executor) {
        this.executor = executor;
    }

    /** True if something was begun that was not taken yet. */
    boolean isBegun() {
        return next != null;
    }

    /** Begins to read. */
    void begin(Callable<T> reading) {
        next = new FutureTask<>(reading);
        if (isCalled.compareAndSet(false, true)) {
            try {
                executor.execute(this::help);
            } catch (RejectedExecutionException whoTakesItReadsIt) {
                isCalled.set(false);
            }
        }
    }

    private void help() {
        isCalled.set(false);
        FutureTask<T> begun = next;
        if (begun != null) {
            begun.run();
        }
    }

    /** What was read. */
    T take() throws IOException {
        FutureTask<T> begun = next;
        if (begun == null) {
            throw new IllegalStateException("nothing was begun");
        }
        begun.run();
        try {
            return begun.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("the reading was interrupted", e);
        } finally {
            next = null;
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        if (cause instanceof MlopsException ours) {
            throw ours;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return new IOException(cause);
    }

    /** Forgets it; if a thread is reading, it reads in vain. */
    void cancel() {
        FutureTask<T> begun = next;
        next = null;
        if (begun != null) {
            begun.cancel(false);
        }
    }
}
