package dev.mlops.core.checkout;

import dev.mlops.api.dataset.MaterialiseReport;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what was done and tells it about ten times a second. Thread-safe. */
final class Tally {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final ProgressListener listener;
    private final long totalFiles;
    private final long totalBytes;
    private final Count written = new Count();
    private final Count linked = new Count();
    private final Count unchanged = new Count();
    private final Count deleted = new Count();
    private final ReentrantLock telling = new ReentrantLock();
    private long lastTold = System.nanoTime();

    /** Counts towards totals, which are -1 when not known. */
    Tally(ProgressListener listener, long totalFiles, long totalBytes) {
        this.listener = listener;
        this.totalFiles = totalFiles;
        this.totalBytes = totalBytes;
    }

    void written(long bytes) {
        written.add(bytes);
        tellIfDue();
    }

    void linked(long bytes) {
        linked.add(bytes);
        tellIfDue();
    }

    void unchanged(long bytes) {
        unchanged.add(bytes);
        tellIfDue();
    }

    void deleted(long bytes) {
        deleted.add(bytes);
    }

    /** Whoever finds another thread telling goes on: that thread tells what there is. */
    private void tellIfDue() {
        if (!telling.isHeldByCurrentThread() && telling.tryLock()) {
            try {
                long now = System.nanoTime();
                if (now - lastTold >= INTERVAL_NANOS) {
                    lastTold = now;
                    tell(totalFiles, totalBytes);
                }
            } finally {
                telling.unlock();
            }
        }
    }

    /** Tells the final state. */
    void finish() {
        telling.lock();
        try {
            tell(files(), bytes());
        } finally {
            telling.unlock();
        }
    }

    private void tell(long ofFiles, long ofBytes) {
        listener.onProgress(new Progress(files(), ofFiles, bytes(), ofBytes, written.bytes.get()));
    }

    private long files() {
        return written.files.get() + linked.files.get() + unchanged.files.get();
    }

    private long bytes() {
        return written.bytes.get() + linked.bytes.get() + unchanged.bytes.get();
    }

    MaterialiseReport report() {
        return new MaterialiseReport(
                written.files.get(),
                written.bytes.get(),
                linked.files.get(),
                linked.bytes.get(),
                unchanged.files.get(),
                unchanged.bytes.get(),
                deleted.files.get(),
                deleted.bytes.get());
    }

    private static final class Count {
        private final AtomicLong files = new AtomicLong();
        private final AtomicLong bytes = new AtomicLong();

        void add(long size) {
            files.incrementAndGet();
            bytes.addAndGet(size);
        }
    }
}
