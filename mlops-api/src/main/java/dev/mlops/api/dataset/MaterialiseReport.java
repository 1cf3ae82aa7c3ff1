package dev.mlops.api.dataset;

/**
 * What writing a version into a directory did.
 *
 * @param writtenFiles files that were missing or differed and were written, and links that were made
 * @param writtenBytes their bytes
 * @param linkedFiles files that were made hard links to the cache
 * @param linkedBytes their bytes
 * @param unchangedFiles files that were right already
 * @param unchangedBytes their bytes
 * @param deletedFiles files and links that were deleted because the version does not have them
 * @param deletedBytes their bytes
 */
public record MaterialiseReport(
        long writtenFiles,
        long writtenBytes,
        long linkedFiles,
        long linkedBytes,
        long unchangedFiles,
        long unchangedBytes,
        long deletedFiles,
        long deletedBytes) {
    @Override
    public String toString() {
        return "%d files written (%d bytes), %d linked (%d bytes), %d unchanged (%d bytes), %d deleted (%d bytes)"
                .formatted(
                        writtenFiles,
                        writtenBytes,
                        linkedFiles,
                        linkedBytes,
                        unchangedFiles,
                        unchangedBytes,
                        deletedFiles,
                        deletedBytes);
    }
}
