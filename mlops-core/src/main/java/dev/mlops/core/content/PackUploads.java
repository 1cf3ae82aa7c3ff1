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
 * The packs that are being filled, and the upload of full ones beside. There are so many buffers and no more; who needs
 * one when all are in use uploads one himself, if need be one with room that nobody has in hand, so that nothing waits but
 * for those who have one in hand, and nobody who has one waits. Thread-safe.
 */
final class PackUploads {
    private final Executor executor;
    private final int maxBuffers;
    private final Supplier<PackBuilder> buffers;
    private final Upload upload;
    /** Those with room that nobody has in hand. */
    private final Deque<PackBuilder> openData = new ArrayDeque<>();

    private final Deque<PackBuilder> openMetadata = new ArrayDeque<>();
    private final Deque<Full> waiting = new ArrayDeque<>();
    private final Deque<PackBuilder> free = new ArrayDeque<>();
    private int made;
    private int running;
    private @Nullable Throwable failure;

    /** What lies in the same packs. */
    enum Lane {
        DATA,
        METADATA
    }

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

    /** A pack into which a blob of so many raw bytes fits; who has one puts it back, without taking another before. */
    PackBuilder take(Lane lane, int rawLength) {
        PackBuilder pack = take(lane);
        while (!pack.fits(rawLength)) {
            submit(pack);
            pack = take(lane);
        }
        return pack;
    }

    private PackBuilder take(Lane lane) {
        while (true) {
            Full full;
            synchronized (this) {
                throwFailure();
                PackBuilder pack = idle(lane);
                if (pack != null) {
                    return pack;
                }
                full = nextFull(lane);
                if (full == null) {
                    await();
                    continue;
                }
                running++;
            }
            upload(full);
        }
    }

    private @Nullable PackBuilder idle(Lane lane) {
        PackBuilder pack = open(lane).poll();
        if (pack == null) {
            pack = free.poll();
        }
        if (pack == null && made < maxBuffers) {
            pack = buffers.get();
            made++;
        }
        return pack;
    }

    /** If none is full one of the other lane, as full as it is. */
    private @Nullable Full nextFull(Lane lane) {
        if (waiting.isEmpty()) {
            PackBuilder other =
                    open(lane == Lane.DATA ? Lane.METADATA : Lane.DATA).poll();
            if (other != null) {
                enqueue(other);
            }
        }
        return waiting.poll();
    }

    private Deque<PackBuilder> open(Lane lane) {
        return lane == Lane.DATA ? openData : openMetadata;
    }

    /** Puts a pack back. */
    synchronized void putBack(Lane lane, PackBuilder pack) {
        (pack.isEmpty() ? free : open(lane)).push(pack);
        notifyAll();
    }

    private void submit(PackBuilder pack) {
        synchronized (this) {
            enqueue(pack);
        }
        try {
            executor.execute(this::help);
        } catch (RejectedExecutionException whoNeedsABufferUploadsIt) {
            return;
        }
    }

    private void enqueue(PackBuilder pack) {
        if (failure == null) {
            try {
                waiting.add(new Full(pack, pack.finish()));
                notifyAll();
                return;
            } catch (Throwable t) {
                failure = t;
            }
        }
        clear(pack);
        throwFailure();
    }

    private void clear(PackBuilder pack) {
        pack.reset();
        free.push(pack);
        notifyAll();
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
                clear(full.buffer());
            }
        }
    }

    /** Returns when everything that was put back is uploaded. */
    void finish() {
        for (Lane lane : Lane.values()) {
            for (PackBuilder pack = takeOpen(lane); pack != null; pack = takeOpen(lane)) {
                submit(pack);
            }
        }
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

    private synchronized @Nullable PackBuilder takeOpen(Lane lane) {
        return open(lane).poll();
    }

    /** Forgets what was not begun, and frees the buffers when nothing runs any more. */
    void abandon() {
        boolean interrupted = false;
        synchronized (this) {
            waiting.forEach(full -> free.push(full.buffer()));
            waiting.clear();
            for (Lane lane : Lane.values()) {
                free.addAll(open(lane));
                open(lane).clear();
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
