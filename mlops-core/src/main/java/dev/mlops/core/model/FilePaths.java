package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.core.source.DistinctPaths;

/**
 * Takes the paths of a version's files one by one and refuses those that are not safe, or that some file system could
 * not keep apart: equal but for case or Unicode form, or a file where another path needs a folder.
 */
final class FilePaths {
    private final String field;
    private final int limit;
    private final DistinctPaths paths;
    private int size;

    /**
     * Begins without paths.
     *
     * @param field what the paths are, for messages, such as {@code zip entry}
     * @param limit the most paths
     */
    FilePaths(String field, int limit) {
        this.field = field;
        this.limit = limit;
        this.paths = new DistinctPaths(field);
    }

    /** Takes the path of a file. */
    String add(String path) {
        RelativePath.check(field, path);
        if (size == limit) {
            throw new InvalidInputException(field, path, "is one too many; a version has at most " + limit + " files");
        }
        size++;
        paths.add(path);
        return path;
    }
}
