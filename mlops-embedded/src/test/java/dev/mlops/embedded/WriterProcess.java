package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A process of its own that publishes versions and logs metrics until it is killed, and says what was acknowledged. */
final class WriterProcess {
    static final String PROJECT = "killed";
    static final String DATASET = "data";
    static final String METRIC = "loss";

    private static final PrintStream OUT = System.out;

    private WriterProcess() {}

    /** {@code <directory> <name>}. */
    public static void main(String[] args) {
        Mlops mlops = EmbeddedMlops.open(Path.of(args[0]));
        Project project = mlops.projects().openOrCreate(PROJECT);
        new Thread(() -> publishForever(project, args[1])).start();
        new Thread(() -> logForever(project)).start();
    }

    private static void publishForever(Project project, String name) {
        for (int i = 0; ; i++) {
            PublishOptions options = PublishOptions.message(name + "-" + i);
            DatasetVersion version =
                    project.datasets().publish(DATASET, files(name + "-" + i).iterator(), options);
            say("published " + version.reference());
        }
    }

    /** Some files that every version has, some small new ones, and sometimes a large one. */
    static List<FileSource> files(String message) {
        Random random = new Random(message.hashCode());
        List<FileSource> files = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            files.add(FileSource.of("same/" + i, new byte[] {(byte) i}));
            byte[] bytes = new byte[random.nextInt(5_000)];
            random.nextBytes(bytes);
            files.add(FileSource.of("new/" + i, bytes));
        }
        if (random.nextInt(5) == 0) {
            byte[] large = new byte[1_500_000];
            random.nextBytes(large);
            files.add(FileSource.of("large", large));
        }
        return files;
    }

    private static void logForever(Project project) {
        ActiveRun run = project.runs().start("metrics");
        for (int step = 0; ; step++) {
            run.metric(METRIC, step * 0.5, step);
            if (step % 37 == 36) {
                run.flush();
                say("flushed " + run.id() + " " + (step + 1));
            }
        }
    }

    private static synchronized void say(String line) {
        OUT.println(line);
        OUT.flush();
    }

    /** Starts a writer whose output goes to a file. */
    static Process start(Path directory, String name, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        directory.toString(),
                        name)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The whole lines of an output. */
    static List<String> lines(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }
}
