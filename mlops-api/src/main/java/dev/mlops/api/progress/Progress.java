package dev.mlops.api.progress;

import java.time.Duration;
import java.util.Optional;

/**
 * How far a long call is.
 *
 * @param doneItems items done, such as files
 * @param totalItems items in all, or -1 when not known yet
 * @param doneBytes bytes done
 * @param totalBytes bytes in all, or -1 when not known yet
 * @param newBytes bytes that had to be stored because they were not there yet
 * @param elapsed how long the call has been at work; zero when that is not told
 */
public record Progress(
        long doneItems, long totalItems, long doneBytes, long totalBytes, long newBytes, Duration elapsed) {
    /** Progress that does not tell how long it took. */
    public Progress(long doneItems, long totalItems, long doneBytes, long totalBytes, long newBytes) {
        this(doneItems, totalItems, doneBytes, totalBytes, newBytes, Duration.ZERO);
    }

    /** The same progress, made in this time. */
    public Progress elapsed(Duration elapsed) {
        return new Progress(doneItems, totalItems, doneBytes, totalBytes, newBytes, elapsed);
    }

    /** Bytes done a second, from the beginning of the call; 0 when the time is not told. */
    public double bytesPerSecond() {
        return elapsed.isZero() ? 0 : doneBytes * 1e9 / elapsed.toNanos();
    }

    /**
     * How long the rest takes if it goes on as it went: by bytes, or by items if there are no bytes. Empty while the
     * total is not known, or nothing was done yet.
     */
    public Optional<Duration> timeLeft() {
        boolean isByBytes = totalBytes != 0;
        long done = isByBytes ? doneBytes : doneItems;
        long total = isByBytes ? totalBytes : totalItems;
        if (total < 0 || elapsed.isZero() || (done <= 0 && total > 0)) {
            return Optional.empty();
        }
        return Optional.of(
                total <= done
                        ? Duration.ZERO
                        : Duration.ofNanos((long) ((double) elapsed.toNanos() / done * (total - done))));
    }

    @Override
    public String toString() {
        return "%d%s items, %d%s bytes (%d new)"
                .formatted(
                        doneItems,
                        totalItems < 0 ? "" : "/" + totalItems,
                        doneBytes,
                        totalBytes < 0 ? "" : "/" + totalBytes,
                        newBytes);
    }
}
