package dev.mlops.core.source;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.core.manifest.FoldedPath;
import dev.mlops.core.source.PathTable.Kind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Sees to it that paths can lie side by side in a directory on every file system: no two are equal when case and Unicode
 * form are ignored, and none is both a file and a folder. Keeps 16 bytes in memory for each path and each folder, in a
 * table that is up to two thirds empty, and the paths themselves on disk if there are many, to name them when they
 * collide. Confined to one thread at a time.
 */
public final class DistinctPaths implements AutoCloseable {
    private final String field;
    private final PathTable table = new PathTable();
    private final PathLog log;

    /** For few paths, which are kept in memory. */
    public DistinctPaths(String field) {
        this.field = field;
        this.log = PathLog.inMemory();
    }

    /**
     * For any number of paths.
     *
     * @param field what they are, for messages, such as {@code file path}
     * @param staging a folder for a temporary file
     */
    public DistinctPaths(String field, Path staging) {
        this.field = field;
        this.log = PathLog.in(staging);
    }

    /**
     * Adds the path of a file.
     *
     * @throws InvalidInputException if it collides with one before; names both
     */
    public void add(String path) {
        String folded = FoldedPath.of(path);
        Optional<Kind> there = table.add(folded, folded.length(), Kind.FILE);
        if (there.isPresent()) {
            refuseAsFile(path, folded, there.get());
        }
        addFolders(path, folded);
        log.add(path);
    }

    private void refuseAsFile(String path, String folded, Kind there) {
        if (there == Kind.FILE) {
            refuse(
                    path,
                    other -> FoldedPath.of(other).equals(folded),
                    other -> other.equals(path) ? "occurs twice" : differsOnlyInCase(other));
        } else {
            refuse(
                    path,
                    other -> FoldedPath.of(other).startsWith(folded + "/"),
                    other -> "is a file, and also a folder of '" + other + "'");
        }
    }

    static String differsOnlyInCase(String other) {
        return "differs from '" + other + "' only in case or Unicode form";
    }

    private void addFolders(String path, String folded) {
        for (int slash = folded.lastIndexOf('/'); slash > 0; slash = folded.lastIndexOf('/', slash - 1)) {
            Optional<Kind> there = table.add(folded, slash, Kind.FOLDER);
            if (there.isPresent()) {
                if (there.get() == Kind.FOLDER) {
                    return;
                }
                String folder = folded.substring(0, slash);
                refuse(
                        path,
                        other -> FoldedPath.of(other).equals(folder),
                        other -> "needs a folder where '" + other + "' is a file");
            }
        }
    }

    private interface Rule {
        String brokenWith(String other);
    }

    /** That a path is found proves the collision: two fingerprints may be equal by chance. */
    private void refuse(String path, Predicate<String> collides, Rule rule) {
        Optional<String> other = log.find(collides);
        if (other.isPresent()) {
            throw new InvalidInputException(field, path, rule.brokenWith(other.get()));
        }
    }

    /**
     * Adds the path of a folder unless something lies in it already; folders that are deeper must be added before.
     *
     * @return true if it is empty
     * @throws InvalidInputException if a file has that path
     */
    boolean addEmptyFolder(String path) {
        String folded = FoldedPath.of(path);
        if (table.find(folded, folded.length()).filter(Kind.FOLDER::equals).isPresent()) {
            return false;
        }
        add(path);
        return true;
    }

    @Override
    public void close() {
        log.close();
    }
}
