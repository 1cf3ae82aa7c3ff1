package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.PublishOptions;
import java.io.IOException;
import java.nio.file.Path;

/** A process of its own that publishes a directory once. */
final class PublishProcess {
    private PublishProcess() {}

    /** {@code <store> <project> <dataset> <directory>}. */
    public static void main(String[] args) {
        try (Mlops mlops = EmbeddedMlops.open(Path.of(args[0]))) {
            mlops.projects()
                    .openOrCreate(args[1])
                    .datasets()
                    .publish(args[2], Path.of(args[3]), PublishOptions.defaults());
        }
    }

    static Process start(Path store, String project, String dataset, Path directory, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PublishProcess.class.getName(),
                        store.toString(),
                        project,
                        dataset,
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
