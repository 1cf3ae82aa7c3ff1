package dev.mlops.core.dataset;

import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import java.util.Optional;

/** Counts the files that one thread has done, tells it about ten times a second, and ends the work if it should end. */
final class FileProgress {
    private static final long INTERVAL_NANOS = 100_000_000;

    private final String what;
    private final ProgressListener listener;
    private final Cancellation cancellation;
    private final Optional<ManifestHeader> totals;
    private long files;
    private long bytes;
    private long newBytes;
    private long lastTold = System.nanoTime();

    FileProgress(String what, ProgressListener listener, Cancellation cancellation, Optional<ManifestHeader> totals) {
        this.what = what;
        this.listener = listener;
        this.cancellation = cancellation;
        this.totals = totals;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    void check() {
        cancellation.check(what);
    }

    /** Counts a file, of which some bytes were written. */
    void done(long size, long written) {
        files++;
        bytes += size;
        newBytes += written;
        long now = System.nanoTime();
        if (now - lastTold >= INTERVAL_NANOS) {
            lastTold = now;
            tell(
                    totals.map(ManifestHeader::files).orElse(-1L),
                    totals.map(ManifestHeader::bytes).orElse(-1L));
        }
    }

    /** Tells the final state. */
    void finish() {
        tell(files, bytes);
    }

    private void tell(long totalFiles, long totalBytes) {
        listener.onProgress(new Progress(files, totalFiles, bytes, totalBytes, newBytes));
    }
}
