package dev.mlops.core.content;

import dev.mlops.api.error.CancelledException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Work that the calling thread does, helped by as many threads as an executor gives it: an executor that is full or shut
 * down makes it slower but never stuck. The first failure stops everyone who asks {@link #check()}.
 */
public final class Crew {
    private final String what;
    private final Object lock = new Object();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int helpers;
    private boolean over;

    /** What every member does until there is nothing left to do. */
    @FunctionalInterface
    public interface Work {
        /** Takes pieces of work until there are none. */
        void run() throws Exception;
    }

    /** A crew for work that is named in messages. */
    public Crew(String what) {
        this.what = what;
    }

    /** Returns when every member has returned, or throws the first failure. */
    public void run(Executor executor, int parallelism, Work work) {
        int members = 1;
        while (members < parallelism && failure.get() == null && call(executor, work)) {
            members++;
        }
        work(work);
        awaitHelpers();
        throwFailure();
    }

    /** Throws if another member has failed. */
    public void check() {
        if (failure.get() != null) {
            throw new CancelledException(what + " was stopped by the failure of another part");
        }
    }

    private boolean call(Executor executor, Work work) {
        try {
            executor.execute(() -> help(work));
            return true;
        } catch (RejectedExecutionException goOnWithoutIt) {
            return false;
        }
    }

    private void help(Work work) {
        synchronized (lock) {
            if (over) {
                return;
            }
            helpers++;
        }
        try {
            work(work);
        } finally {
            synchronized (lock) {
                helpers--;
                lock.notifyAll();
            }
        }
    }

    private void work(Work work) {
        try {
            work.run();
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
        }
    }

    private void awaitHelpers() {
        boolean interrupted = false;
        synchronized (lock) {
            over = true;
            while (helpers > 0) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failure.compareAndSet(null, new CancelledException(what + " was interrupted", e));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() {
        Throwable first = failure.get();
        if (first instanceof RuntimeException e) {
            throw e;
        }
        if (first instanceof Error e) {
            throw e;
        }
        if (first != null) {
            throw new IllegalStateException(what + " failed", first);
        }
    }
}
