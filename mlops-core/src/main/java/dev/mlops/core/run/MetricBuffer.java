package dev.mlops.core.run;

import dev.mlops.api.run.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gathers metric points and writes them in batches: when enough have come, on the thread that brought the last one, or
 * when the oldest has waited long enough, in the background. Thread-safe.
 *
 * <p>At most twice the capacity is held (while a write is under way, as much again), besides what callers are handing
 * over: who comes to a full buffer writes it before his own points are taken, and waits while another does. Points leave
 * the buffer only when they are written; a write that failed is repeated after the age, also one whose outcome is not
 * known, which is harmless because equal points are kept once.
 */
final class MetricBuffer {
    private static final int BATCH = 10_000;

    private final int capacity;
    private final long maxAgeNanos;
    private final ScheduledExecutorService background;
    private final Consumer<List<Metric>> store;

    /** Held while points are on their way to the store. Taken before {@link #lock}, never after it. */
    private final ReentrantLock writing = new ReentrantLock();

    private final Object lock = new Object();
    private List<Metric> points = new ArrayList<>();
    private long oldestNanos;
    private @Nullable Future<?> timer;
    private @Nullable RuntimeException backgroundFailure;
    private @Nullable Supplier<? extends RuntimeException> refusal;

    /**
     * Makes an empty buffer.
     *
     * @param capacity how many points are written at the latest
     * @param maxAge after which time a point is written at the latest
     * @param store stores a batch; all of it or, when it throws, none
     */
    MetricBuffer(int capacity, Duration maxAge, ScheduledExecutorService background, Consumer<List<Metric>> store) {
        this.capacity = capacity;
        this.maxAgeNanos = nanos(maxAge);
        this.background = background;
        this.store = store;
    }

    private static long nanos(Duration duration) {
        return duration.compareTo(Duration.ofDays(36_500)) > 0 ? Long.MAX_VALUE / 4 : duration.toNanos();
    }

    /**
     * Takes points; returns at once unless the buffer is full. Throws what the last background write failed with, once,
     * without taking the points; throws what a write by this call fails with, with the points taken.
     */
    void add(Collection<Metric> added) {
        List<Metric> list = List.copyOf(added);
        throwBackgroundFailure();
        for (int from = 0; from < list.size(); from += capacity) {
            addPiece(list.subList(from, Math.min(list.size(), from + capacity)));
        }
    }

    private void addPiece(List<Metric> piece) {
        while (!offer(piece)) {
            flush();
        }
        if (isFull()) {
            flush();
        }
    }

    /** False if there is no room. */
    private boolean offer(List<Metric> piece) {
        synchronized (lock) {
            if (refusal != null) {
                throw refusal.get();
            }
            if (points.size() >= capacity) {
                return false;
            }
            if (points.isEmpty()) {
                oldestNanos = System.nanoTime();
            }
            points.addAll(piece);
            if (points.size() < capacity) {
                setTimer(maxAgeNanos);
            }
            return true;
        }
    }

    private boolean isFull() {
        synchronized (lock) {
            return points.size() >= capacity;
        }
    }

    /** Writes everything that was added before this call; what fails stays. */
    void flush() {
        writing.lock();
        try {
            write();
        } finally {
            writing.unlock();
        }
    }

    /** Refuses every further point with an exception, until {@link #reopen}. */
    void refuse(Supplier<? extends RuntimeException> exception) {
        synchronized (lock) {
            refusal = exception;
        }
    }

    /** Takes points again. */
    void reopen() {
        synchronized (lock) {
            refusal = null;
        }
    }

    /** Drops what is left, for the end of everything. */
    void abandon() {
        writing.lock();
        try {
            take();
        } finally {
            writing.unlock();
        }
    }

    private void write() {
        List<Metric> rest = take();
        try {
            while (!rest.isEmpty()) {
                store.accept(rest.subList(0, Math.min(rest.size(), BATCH)));
                rest = rest.subList(Math.min(rest.size(), BATCH), rest.size());
            }
        } finally {
            settle(rest);
        }
    }

    private List<Metric> take() {
        synchronized (lock) {
            List<Metric> taken = points;
            points = new ArrayList<>();
            return taken;
        }
    }

    private void settle(List<Metric> unwritten) {
        synchronized (lock) {
            if (unwritten.isEmpty()) {
                backgroundFailure = null;
                return;
            }
            List<Metric> all = new ArrayList<>(unwritten);
            all.addAll(points);
            points = all;
            oldestNanos = System.nanoTime();
            setTimer(maxAgeNanos);
        }
    }

    private void setTimer(long nanos) {
        if (timer != null) {
            return;
        }
        try {
            timer = background.schedule(this::tick, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closing) {
            // Whoever shuts the executor down closes the run as well, which writes what is left.
        }
    }

    private void tick() {
        synchronized (lock) {
            timer = null;
            long left = oldestNanos + maxAgeNanos - System.nanoTime();
            if (points.isEmpty() || left > 0) {
                if (!points.isEmpty()) {
                    setTimer(left);
                }
                return;
            }
        }
        flushInBackground();
    }

    private void flushInBackground() {
        try {
            flush();
        } catch (RuntimeException e) {
            synchronized (lock) {
                backgroundFailure = e;
            }
        }
    }

    private void throwBackgroundFailure() {
        synchronized (lock) {
            RuntimeException failure = backgroundFailure;
            backgroundFailure = null;
            if (failure != null) {
                throw failure;
            }
        }
    }
}
