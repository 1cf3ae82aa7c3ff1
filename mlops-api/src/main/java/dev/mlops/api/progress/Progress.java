package dev.mlops.api.progress;

/**
 * How far a long call is.
 *
 * @param doneItems items done, such as files
 * @param totalItems items in all, or -1 when not known yet
 * @param doneBytes bytes done
 * @param totalBytes bytes in all, or -1 when not known yet
 * @param newBytes bytes that had to be stored because they were not there yet
 */
public record Progress(long doneItems, long totalItems, long doneBytes, long totalBytes, long newBytes) {
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
