package dev.mlops.core.content;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore.Sink;
import dev.mlops.core.content.ContentStore.Stored;
import java.util.Iterator;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@link ContentStore#putAll}. The calling thread works too, helped by as many threads as the executor gives
 * it: an executor that is full or shut down makes it slower but never stuck. The first failure stops everyone.
 */
final class ParallelPut {
    private static final String WHAT = "the storing of contents";

    private final Iterator<? extends ContentSource> sources;
    private final Sink sink;
    private final ProgressMeter meter;
    private final Cancellation cancellation;
    private final Putter putter;
    private final Object sourceLock = new Object();
    private final Object sinkLock = new Object();
    private final Object helperLock = new Object();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int helpers;
    private boolean over;

    /** Stores one content. */
    interface Putter {
        Stored put(ContentSource source, Checkpoint checkpoint);
    }

    ParallelPut(
            Iterator<? extends ContentSource> sources,
            Sink sink,
            ProgressMeter meter,
            Cancellation cancellation,
            Putter putter) {
        this.sources = sources;
        this.sink = sink;
        this.meter = meter;
        this.cancellation = cancellation;
        this.putter = putter;
    }

    /** Returns when all is stored and no helper runs any more, or throws the first failure. */
    void run(Executor executor, int parallelism) {
        int workers = 1;
        while (workers < parallelism && failure.get() == null && callHelper(executor)) {
            workers++;
        }
        work();
        awaitHelpers();
        throwFailure();
        meter.finish();
    }

    private boolean callHelper(Executor executor) {
        try {
            executor.execute(this::help);
            return true;
        } catch (RejectedExecutionException goOnWithoutIt) {
            return false;
        }
    }

    private void help() {
        synchronized (helperLock) {
            if (over) {
                return;
            }
            helpers++;
        }
        try {
            work();
        } finally {
            synchronized (helperLock) {
                helpers--;
                helperLock.notifyAll();
            }
        }
    }

    private void work() {
        try {
            for (ContentSource source = next(); source != null; source = next()) {
                ProgressMeter.Item item = meter.item();
                Stored stored = putter.put(source, position -> {
                    checkGoesOn();
                    item.reached(position);
                });
                tell(source, stored);
                item.stored(stored);
            }
        } catch (Throwable t) {
            failure.compareAndSet(null, t);
        }
    }

    private @Nullable ContentSource next() {
        synchronized (sourceLock) {
            checkGoesOn();
            return sources.hasNext() ? sources.next() : null;
        }
    }

    private void tell(ContentSource source, Stored stored) {
        synchronized (sinkLock) {
            checkGoesOn();
            sink.stored(source, stored);
        }
    }

    private void checkGoesOn() {
        cancellation.check(WHAT);
        if (failure.get() != null) {
            throw new CancelledException(WHAT + " was stopped by the failure of another content");
        }
    }

    private void awaitHelpers() {
        boolean interrupted = false;
        synchronized (helperLock) {
            over = true;
            while (helpers > 0) {
                try {
                    helperLock.wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failure.compareAndSet(null, new CancelledException(WHAT + " was interrupted", e));
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
    }
}
