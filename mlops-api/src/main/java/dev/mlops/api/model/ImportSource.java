package dev.mlops.api.model;

import dev.mlops.api.spi.object.ObjectStore;
import java.nio.file.Path;

/** Where the files of a model version come from. */
public sealed interface ImportSource {
    /** An artifact of a run, or all artifacts below a path; the run becomes the version's origin. */
    static ImportSource runArtifact(String runId, String path) {
        return new RunArtifact(runId, path);
    }

    /** One file, which keeps its name. */
    static ImportSource file(Path file) {
        return new LocalFile(file);
    }

    /** All files below a directory. */
    static ImportSource directory(Path directory) {
        return new LocalDirectory(directory);
    }

    /** The files in a zip; hostile archives are refused: paths that leave the archive, links, bombs. */
    static ImportSource zip(Path zip) {
        return new Zip(zip);
    }

    /** All objects below a prefix of a store, or the one object with exactly this key. */
    static ImportSource objects(ObjectStore store, String prefix) {
        return new Objects(store, prefix);
    }

    /**
     * An artifact of a run.
     *
     * @param runId the run
     * @param path the artifact's path, or a prefix of it that ends before a {@code /}
     */
    record RunArtifact(String runId, String path) implements ImportSource {}

    /**
     * One file.
     *
     * @param file the file
     */
    record LocalFile(Path file) implements ImportSource {}

    /**
     * A directory.
     *
     * @param directory the directory
     */
    record LocalDirectory(Path directory) implements ImportSource {}

    /**
     * A zip.
     *
     * @param zip the zip file
     */
    record Zip(Path zip) implements ImportSource {}

    /**
     * Objects.
     *
     * @param store the store; the caller keeps it and closes it
     * @param prefix the prefix or key
     */
    record Objects(ObjectStore store, String prefix) implements ImportSource {}
}
