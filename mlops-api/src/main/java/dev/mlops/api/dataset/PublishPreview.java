package dev.mlops.api.dataset;

/**
 * What a publish would do.
 *
 * @param files how many files the version would have
 * @param bytes how many bytes they have
 * @param diff what would differ from the version that would be its parent; all is added if there is none
 * @param newBytes the bytes of files that are not in the store as they are: at most so many would be added, fewer where
 *     they are compressed or share parts with others
 */
public record PublishPreview(long files, long bytes, DatasetDiff diff, long newBytes) {
    @Override
    public String toString() {
        return "%d files, %d bytes: %s; at most %d bytes are new".formatted(files, bytes, diff, newBytes);
    }
}
