package dev.mlops.core.content;

import dev.mlops.api.error.CancelledException;
import dev.mlops.core.pack.FinishedPack;
import dev.mlops.core.pack.PackBuilder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Uploads packs beside the work that fills the next ones. There are so many pack buffers and no more; who needs one when
 * all are full uploads one of them himself, so that nothing waits for a thread that may never come. Thread-safe.
 */
final class PackUploads {
    private final Executor executor;
    private final int maxBuffers;
    private final Supplier<PackBuilder> buffers;
    private final Upload upload;
    private final Deque<Full> waiting = new ArrayDeque<>();
    private final Deque<PackBuilder> free = new ArrayDeque<>();
    private int made;
    private int running;
    private @Nullable Throwable failure;

    /** Uploads one pack. */
    interface Upload {
        void upload(FinishedPack pack);
    }

    private record Full(PackBuilder buffer, FinishedPack pack) {}

    PackUploads(Executor executor, int maxBuffers, Supplier<PackBuilder> buffers, Upload upload) {
        this.executor = executor;
        this.maxBuffers = maxBuffers;
        this.buffers = buffers;
        this.upload = upload;
    }

    /** An empty buffer. */
    PackBuilder take() {
        while (true) {
            Full full;
            synchronized (this) {
                throwFailure();
                if (!free.isEmpty()) {
                    return free.pop();
                }
                if (made < maxBuffers) {
                    PackBuilder buffer = buffers.get();
                    made++;
                    return buffer;
                }
                full = waiting.poll();
                if (full == null) {
                    await();
                    continue;
                }
                running++;
            }
            upload(full);
        }
    }

    /** Gives an empty buffer back. */
    synchronized void giveBack(PackBuilder buffer) {
        free.push(buffer);
        notifyAll();
    }

    /** Gives a buffer back whose blobs nobody needs. */
    void giveBackUnused(PackBuilder buffer) {
        buffer.reset();
        giveBack(buffer);
    }

    /** Has a full one uploaded; it is not the caller's any more, even if this fails. */
    void submit(PackBuilder buffer) {
        synchronized (this) {
            enqueue(buffer);
            throwFailure();
        }
        try {
            executor.execute(this::help);
        } catch (RejectedExecutionException whoNeedsABufferUploadsIt) {
            return;
        }
    }

    private void enqueue(PackBuilder buffer) {
        try {
            if (failure == null) {
                waiting.add(new Full(buffer, buffer.finish()));
                notifyAll();
                return;
            }
        } catch (Throwable t) {
            failure = t;
        }
        giveBackUnused(buffer);
    }

    private void help() {
        Full full;
        synchronized (this) {
            full = failure == null ? waiting.poll() : null;
            if (full == null) {
                return;
            }
            running++;
        }
        upload(full);
    }

    private void upload(Full full) {
        @Nullable Throwable failed = null;
        try {
            upload.upload(full.pack());
        } catch (Throwable t) {
            // An Error that only its thread saw would leave a version without these bytes.
            failed = t;
        } finally {
            synchronized (this) {
                running--;
                if (failed != null && failure == null) {
                    failure = failed;
                }
                full.buffer().reset();
                free.push(full.buffer());
                notifyAll();
            }
        }
    }

    /** Returns when everything that was submitted is uploaded. */
    void finish() {
        while (true) {
            Full full;
            synchronized (this) {
                throwFailure();
                full = waiting.poll();
                if (full == null) {
                    if (running == 0) {
                        return;
                    }
                    await();
                    continue;
                }
                running++;
            }
            upload(full);
        }
    }

    /** Forgets what was not begun, and frees the buffers when nothing runs any more. */
    void abandon() {
        boolean interrupted = false;
        synchronized (this) {
            for (Full full = waiting.poll(); full != null; full = waiting.poll()) {
                full.buffer().reset();
                free.push(full.buffer());
            }
            while (running > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            free.forEach(PackBuilder::close);
            free.clear();
            made = 0;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwFailure() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("a pack could not be uploaded", failure);
        }
    }

    /** Waits for a sign; callers look at the state again in a loop. */
    @SuppressWarnings("WaitNotInLoop") // the loops are the callers'
    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("the storing of contents was interrupted", e);
        }
    }
}
