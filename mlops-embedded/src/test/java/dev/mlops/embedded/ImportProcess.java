package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A process of its own that imports model versions, and says of each that it was acknowledged. */
final class ImportProcess {
    private static final PrintStream OUT = System.out;
    private static final String ACKNOWLEDGED = "acknowledged ";
    private static final int THREADS = 2;

    private ImportProcess() {}

    /** {@code <home> <project> <model> <versions of each of two threads>}. */
    public static void main(String[] args) throws InterruptedException {
        try (Mlops mlops = EmbeddedMlops.open(Path.of(args[0]))) {
            ModelRegistry models = mlops.projects().openOrCreate(args[1]).models();
            Thread[] threads = new Thread[THREADS];
            for (int i = 0; i < THREADS; i++) {
                threads[i] = new Thread(() -> importMany(models, args[2], Integer.parseInt(args[3])));
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void importMany(ModelRegistry models, String model, int count) {
        for (int i = 0; i < count; i++) {
            Path folder = write(new Random());
            say(models.importVersion(model, ImportSource.directory(folder)));
        }
    }

    /** A small file, and one of up to 3 MiB, which is staged and has block digests. */
    private static Path write(Random random) {
        try {
            Path folder = Files.createTempDirectory("import");
            byte[] weights = new byte[random.nextInt(4) == 0 ? random.nextInt(3 << 20) : random.nextInt(5_000)];
            random.nextBytes(weights);
            Files.write(folder.resolve("weights.bin"), weights);
            Files.writeString(folder.resolve("name.txt"), UUID.randomUUID().toString());
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static synchronized void say(ModelVersion version) {
        OUT.println(ACKNOWLEDGED + version.version() + " " + version.digest());
        OUT.flush();
    }

    /** Starts it; its output and errors go to {@code output}, which outlives it. */
    static Process start(Path home, String project, String model, int versions, Path temporary, Path output)
            throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:-UsePerfData",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx128m",
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        ImportProcess.class.getName(),
                        home.toString(),
                        project,
                        model,
                        Integer.toString(versions)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The versions that were acknowledged, each with its digest; a line that its writer did not end is none. */
    static List<String> acknowledged(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(ACKNOWLEDGED))
                .map(line -> line.substring(ACKNOWLEDGED.length()))
                .toList();
    }
}
