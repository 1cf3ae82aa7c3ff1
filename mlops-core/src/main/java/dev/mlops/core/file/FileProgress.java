package dev.mlops.core.file;

import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import java.time.Duration;

/** Counts the files that one thread has done, tells it about ten times a second, and ends the work if it should end. */
public final class FileProgress {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final String what;
    private final ProgressListener listener;
    private final Cancellation cancellation;
    private final long totalFiles;
    private final long totalBytes;
    private long files;
    private long bytes;
    private long newBytes;
    private final long began = System.nanoTime();
    private long lastTold = began;

    /**
     * Begins to count.
     *
     * @param what the work, for the message when it is cancelled
     * @param totalFiles files in all, or -1 when not known
     * @param totalBytes bytes in all, or -1 when not known
     */
    public FileProgress(
            String what, ProgressListener listener, Cancellation cancellation, long totalFiles, long totalBytes) {
        this.what = what;
        this.listener = listener;
        this.cancellation = cancellation;
        this.totalFiles = totalFiles;
        this.totalBytes = totalBytes;
    }

    /** What ends the work. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** Throws if the work should end. */
    public void check() {
        cancellation.check(what);
    }

    /** Counts a file, of which some bytes were written. */
    public void done(long size, long written) {
        files++;
        bytes += size;
        newBytes += written;
        long now = System.nanoTime();
        if (now - lastTold >= INTERVAL_NANOS) {
            lastTold = now;
            tell(totalFiles, totalBytes);
        }
    }

    /** Tells the final state. */
    public void finish() {
        tell(files, bytes);
    }

    private void tell(long totalFiles, long totalBytes) {
        listener.onProgress(new Progress(
                files, totalFiles, bytes, totalBytes, newBytes, Duration.ofNanos(System.nanoTime() - began)));
    }
}
