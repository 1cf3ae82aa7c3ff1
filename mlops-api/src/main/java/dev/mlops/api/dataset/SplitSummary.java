package dev.mlops.api.dataset;

/**
 * One split of a version.
 *
 * @param name its name, such as {@code train}
 * @param files how many files are in it
 * @param bytes how many bytes they have
 */
public record SplitSummary(String name, long files, long bytes) {
    @Override
    public String toString() {
        return name + " " + files;
    }
}
