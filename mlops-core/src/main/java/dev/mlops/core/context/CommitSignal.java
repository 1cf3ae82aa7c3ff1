package dev.mlops.core.context;

import java.time.Duration;

/** Wakes those who wait for a commit of this process. Thread-safe. */
public final class CommitSignal {
    private final Object lock = new Object();
    private long commits;

    CommitSignal() {}

    void signal() {
        synchronized (lock) {
            commits++;
            lock.notifyAll();
        }
    }

    /** The number of commits so far, to be given to {@link #await}. */
    public long commits() {
        synchronized (lock) {
            return commits;
        }
    }

    /** Waits until there was a commit after the first {@code seen} ones, or the time is over. */
    public void await(long seen, Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (lock) {
            for (long left = atMost.toNanos(); commits == seen && left > 0; left = deadline - System.nanoTime()) {
                lock.wait(Math.max(1, left / 1_000_000));
            }
        }
    }
}
