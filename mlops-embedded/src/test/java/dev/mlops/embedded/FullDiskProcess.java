package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A process of its own that fills a small disk, and says how that ended. */
final class FullDiskProcess {
    static final String PROJECT = "full";
    static final String DATA = "data";
    /** Before each line that is not of a log. */
    static final String SAID = "> ";

    private static final int MOST_VERSIONS = 30;
    private static final PrintStream OUT = System.out;

    private FullDiskProcess() {}

    /** {@code publish <home>} or {@code checkout <home> <target>}. */
    public static void main(String[] args) throws IOException {
        if (args[1].equals("publish")) {
            publish(Path.of(args[0]));
        } else {
            checkOut(Path.of(args[0]), Path.of(args[2]));
        }
    }

    /** Files of which each version has others. */
    static List<FileSource> files(int number) {
        return Stream.of(0, 1, 2, 3)
                .map(i -> FileSource.of(i + ".bin", TestBodies.noise(500_000, 10L * number + i)))
                .toList();
    }

    private static void publish(Path home) {
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            DatasetStore datasets = mlops.projects().openOrCreate(PROJECT).datasets();
            for (int number = 0; number < MOST_VERSIONS; number++) {
                try {
                    DatasetVersion version =
                            datasets.publish(DATA, files(number).iterator(), PublishOptions.defaults());
                    say("published " + version.name());
                } catch (MlopsException e) {
                    say(e.getClass().getSimpleName() + ": " + e.getMessage());
                    break;
                }
            }
            verify(datasets);
        }
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            verify(mlops.projects().open(PROJECT).datasets());
        }
    }

    private static void verify(DatasetStore datasets) {
        datasets.versions(DATA).forEach(version -> {
            datasets.verify(version, ProgressListener.NONE, new Cancellation());
            say("verified " + version.name());
        });
    }

    private static void checkOut(Path home, Path target) throws IOException {
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            DatasetStore datasets = mlops.projects().open(PROJECT).datasets();
            DatasetVersion version = datasets.version(DATA);
            try {
                datasets.materialise(version, target);
                say("all fitted");
            } catch (MlopsException e) {
                say(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
            Map<String, Sha256> digests = new TreeMap<>();
            datasets.files(version).forEach((FileEntry file) -> digests.put(file.path(), file.sha256()));
            try (Stream<Path> files = Files.walk(target)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    String name = target.relativize(file).toString();
                    boolean isWhole = Sha256.of(Files.readAllBytes(file)).equals(digests.get(name));
                    say((isWhole ? "whole " : "broken ") + name);
                }
            }
        }
    }

    private static void say(String line) {
        OUT.println(SAID + line);
        OUT.flush();
    }
}
