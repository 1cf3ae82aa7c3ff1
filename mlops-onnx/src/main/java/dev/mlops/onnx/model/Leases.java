package dev.mlops.onnx.model;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts who uses a native thing, so that it is freed only when nobody does: a count in the low bits, and the sign bit
 * once it is closed to newcomers. Thread-safe, without a lock on the way in and out.
 */
final class Leases {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();
    private final Object drained = new Object();

    /** Takes a lease; false, and none is taken, once this is closed. */
    boolean enter() {
        int seen = state.get();
        while (seen >= 0) {
            if (state.compareAndSet(seen, seen + 1)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    /** Gives a lease back. */
    void exit() {
        if (state.decrementAndGet() == CLOSED) {
            synchronized (drained) {
                drained.notifyAll();
            }
        }
    }

    /** Lets nobody in any more; true for the first who asks. */
    boolean close() {
        return state.getAndUpdate(value -> value | CLOSED) >= 0;
    }

    boolean isClosed() {
        return state.get() < 0;
    }

    /** How many leases are out. */
    int count() {
        return state.get() & ~CLOSED;
    }

    /** Waits until all leases are back; false after {@code limit}. */
    boolean awaitAll(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
        synchronized (drained) {
            while (count() > 0) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(drained, left);
            }
        }
        return true;
    }
}
