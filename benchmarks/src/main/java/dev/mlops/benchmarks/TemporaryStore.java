package dev.mlops.benchmarks;

import dev.mlops.api.Mlops;
import dev.mlops.api.project.Project;
import dev.mlops.embedded.EmbeddedMlops;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/** An embedded store, SQLite and files, in a temporary directory that goes when it is closed. */
final class TemporaryStore implements AutoCloseable {
    private final Path directory;
    private final Mlops mlops;

    private TemporaryStore(Path directory) {
        this.directory = directory;
        this.mlops = EmbeddedMlops.open(directory);
    }

    /** Opens an empty one, and keeps what libraries tell of themselves out of the figures. */
    static TemporaryStore open() {
        Logger.getLogger("").setLevel(Level.WARNING);
        try {
            return new TemporaryStore(Files.createTempDirectory("mlops-benchmark-"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Mlops mlops() {
        return mlops;
    }

    Project project() {
        return mlops.projects().openOrCreate("benchmark");
    }

    @Override
    public void close() {
        mlops.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
