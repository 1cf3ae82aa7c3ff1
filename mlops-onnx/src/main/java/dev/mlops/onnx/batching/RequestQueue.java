package dev.mlops.onnx.batching;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Requests that wait, by priority and then in the order in which they came; bounded by rows. Thread-safe. */
final class RequestQueue {
    private final List<Queue<Request>> byPriority = new ArrayList<>();
    private final BatchOptions options;
    private final AtomicInteger rows = new AtomicInteger();
    /** Room for rows; used only where callers wait for it. */
    private final Semaphore room;

    RequestQueue(BatchOptions options) {
        this.options = options;
        this.room = new Semaphore(options.maxQueueSize());
        for (int i = 0; i < options.priorityLevels(); i++) {
            byPriority.add(new ConcurrentLinkedQueue<>());
        }
    }

    /** How many rows wait. */
    int rows() {
        return rows.get();
    }

    /**
     * Adds a request. One with more rows than may wait is let in when none do.
     *
     * @param mayWait false in a thread that makes room itself
     * @throws UnavailableException if the queue is full and callers do not wait or this one may not
     * @throws CancelledException if the caller waits, and is interrupted or the deadline of the request is over
     */
    void add(Request request, boolean mayWait) {
        if (options.queuePolicy() == BatchOptions.QueuePolicy.WAIT) {
            if (!room.tryAcquire(permits(request))) {
                awaitRoom(request, mayWait);
            }
            rows.addAndGet(request.rows);
        } else {
            int together = rows.addAndGet(request.rows);
            if (together > options.maxQueueSize() && together > request.rows) {
                rows.addAndGet(-request.rows);
                throw full("");
            }
        }
        byPriority.get(request.level).add(request);
    }

    private int permits(Request request) {
        return Math.min(request.rows, options.maxQueueSize());
    }

    private UnavailableException full(String hint) {
        return new UnavailableException("the queue of the batching model is full: %d rows wait, maxQueueSize is %d%s"
                .formatted(rows.get(), options.maxQueueSize(), hint));
    }

    private void awaitRoom(Request request, boolean mayWait) {
        if (!mayWait) {
            throw full("; a receiver of results cannot wait for room, submit from another thread");
        }
        try {
            if (!room.tryAcquire(permits(request), request.patience, TimeUnit.NANOSECONDS)) {
                throw new CancelledException("there was no room in the queue of the batching model within the deadline"
                        + " of the request, " + Duration.ofNanos(request.patience));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("interrupted while waiting for room in the queue of the batching model", e);
        }
    }

    /**
     * Takes the next requests as long as there are at most {@code most} rows together; the first of a batch also if it
     * has more by itself.
     *
     * @param taken the rows that the batch has already
     * @return false if there is a next one that does not fit
     */
    synchronized boolean drain(List<Request> batch, int taken, int most) {
        int count = taken;
        for (int i = 0; i < byPriority.size(); i++) {
            Queue<Request> queue = byPriority.get(i);
            for (Request next = queue.peek(); next != null; next = queue.peek()) {
                if (count > 0 && count + next.rows > most) {
                    return false;
                }
                queue.remove();
                count += next.rows;
                leave(next);
                batch.add(next);
            }
        }
        return true;
    }

    /** Takes all that wait. */
    synchronized List<Request> drain() {
        List<Request> all = new ArrayList<>();
        drain(all, 0, Integer.MAX_VALUE);
        return all;
    }

    private void leave(Request request) {
        rows.addAndGet(-request.rows);
        if (options.queuePolicy() == BatchOptions.QueuePolicy.WAIT) {
            room.release(permits(request));
        }
    }
}
