package dev.mlops.core.dataset;

import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.source.SourceFile;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Counts the files that several threads have done and tells it about ten times a second. Thread-safe. */
final class PublishMeter {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final ProgressListener listener;
    private final long began = System.nanoTime();
    private final AtomicLong foundFiles = new AtomicLong();
    private final AtomicLong foundBytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong newBytes = new AtomicLong();
    private final ReentrantLock telling = new ReentrantLock();
    private volatile boolean allFound;
    private long lastTold = began;

    PublishMeter(ProgressListener listener) {
        this.listener = listener;
    }

    /** Counts a file that is to be done. */
    void found(SourceFile file) {
        foundFiles.incrementAndGet();
        foundBytes.addAndGet(Math.max(0, file.sizeHint()));
    }

    /** There are no more files. */
    void allFound() {
        allFound = true;
    }

    /** Counts files that need not be looked at one by one, and tells the final state. */
    void allUnchanged(long unchangedFiles, long unchangedBytes) {
        files.addAndGet(unchangedFiles);
        bytes.addAndGet(unchangedBytes);
        allFound();
        finish();
    }

    /** Begins to count the bytes of one file. */
    Item item() {
        return new Item();
    }

    /** Files done so far. */
    long files() {
        return files.get();
    }

    /** Bytes done so far. */
    long bytes() {
        return bytes.get();
    }

    /** Bytes that had to be stored so far. */
    long newBytes() {
        return newBytes.get();
    }

    /** Tells the final state. */
    void finish() {
        telling.lock();
        try {
            foundFiles.set(files.get());
            foundBytes.set(bytes.get());
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

    /** How many files come is not known until the last was found; their sizes may change until they are read. */
    private Progress state() {
        boolean isKnown = allFound;
        long done = bytes.get();
        return new Progress(
                files.get(),
                isKnown ? foundFiles.get() : -1,
                done,
                isKnown ? Math.max(done, foundBytes.get()) : -1,
                newBytes.get(),
                Duration.ofNanos(System.nanoTime() - began));
    }

    /** One file, whose bytes count once even if it is read again. Confined to one thread. */
    final class Item {
        private long counted;

        /** The file was read up to a position. */
        void reached(long position) {
            if (position > counted) {
                bytes.addAndGet(position - counted);
                counted = position;
            }
            tellIfDue();
        }

        /** The file is done. */
        void done(Stored stored) {
            bytes.addAndGet(stored.size() - counted);
            files.incrementAndGet();
            newBytes.addAndGet(stored.newBytes());
            tellIfDue();
        }
    }
}
