package dev.mlops.core.content;

import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what several threads have done and tells it about ten times a second. Thread-safe. */
final class ProgressMeter {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final ProgressListener listener;
    private final AtomicLong items = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong newBytes = new AtomicLong();
    private final ReentrantLock telling = new ReentrantLock();
    private long lastTold = System.nanoTime();

    ProgressMeter(ProgressListener listener) {
        this.listener = listener;
    }

    /** Begins the count of one content. */
    Item item() {
        return new Item();
    }

    /** Tells the final state. */
    void finish() {
        telling.lock();
        try {
            listener.onProgress(state());
        } finally {
            telling.unlock();
        }
    }

    /** Whoever finds another thread telling goes on: that thread tells what there is. */
    private void tellIfDue() {
        if (!telling.isHeldByCurrentThread() && telling.tryLock()) {
            try {
                long now = System.nanoTime();
                if (now - lastTold >= INTERVAL_NANOS) {
                    lastTold = now;
                    listener.onProgress(state());
                }
            } finally {
                telling.unlock();
            }
        }
    }

    private Progress state() {
        return new Progress(items.get(), -1, bytes.get(), -1, newBytes.get());
    }

    /** One content, whose bytes count once even if an upload is tried again. Confined to one thread. */
    final class Item {
        private long counted;

        void reached(long position) {
            if (position > counted) {
                bytes.addAndGet(position - counted);
                counted = position;
            }
            tellIfDue();
        }

        void stored(ContentStore.Stored stored) {
            items.incrementAndGet();
            newBytes.addAndGet(stored.newBytes());
            reached(stored.size());
        }
    }
}
