package dev.mlops.core.object;

import dev.mlops.api.error.MlopsException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process of its own that writes to a store until it is killed or fails. */
final class StoreProcess {
    private static final PrintStream OUT = System.out;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private StoreProcess() {}

    /** {@code forever <directory> <name>} or {@code until-failure <directory> <count> <size>}. */
    public static void main(String[] args) throws InterruptedException {
        FileObjectStore store = FileObjectStore.open(Path.of(args[1]));
        if (args[0].equals("forever")) {
            for (int thread = 0; thread < 3; thread++) {
                String name = args[2] + "-" + thread;
                new Thread(() -> putForever(store, name)).start();
            }
        } else {
            putUntilFailure(store, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        }
    }

    private static void putForever(FileObjectStore store, String name) {
        for (int i = 0; ; i++) {
            String key = "kill/" + name + "/" + i % 7 + "/" + i;
            store.putIfAbsent(key, ObjectBody.of(bytesOf(key)));
            say(key);
        }
    }

    private static void putUntilFailure(FileObjectStore store, int count, int size) {
        for (int i = 0; i < count; i++) {
            try {
                store.putIfAbsent("fill/" + i, ObjectBody.of(TestBodies.noise(size, i)));
                say("stored fill/" + i);
            } catch (MlopsException e) {
                say(e.getClass().getSimpleName() + ": " + e.getMessage());
                say("now " + store.head("fill/" + i).isPresent() + " " + (i == 0 || readsBack(store, i - 1, size)));
                store.close();
                return;
            }
        }
    }

    private static boolean readsBack(FileObjectStore store, int i, int size) {
        try (InputStream in = store.get("fill/" + i)) {
            return Arrays.equals(in.readAllBytes(), TestBodies.noise(size, i));
        } catch (IOException e) {
            return false;
        }
    }

    private static synchronized void say(String line) {
        OUT.println(line);
        OUT.flush();
    }

    /** What {@code forever} stores under a key: a few bytes to a megabyte. */
    static byte[] bytesOf(String key) {
        int hash = key.hashCode();
        int size = Math.floorMod(hash, 5) == 0 ? Math.floorMod(hash, 1_000_000) : Math.floorMod(hash, 20_000);
        return TestBodies.noise(size, hash);
    }

    /** The command line of a JVM that runs {@link #main}. */
    static List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                StoreProcess.class.getName()));
        command.addAll(List.of(args));
        return command;
    }

    /** Starts a command that writes its output and its errors to {@code output}, which outlives it. */
    static Process start(List<String> command, Path output) throws IOException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    /** The lines of an output, whole ones only: a line that was being written when its writer died is left out. */
    static List<String> lines(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    }

    /** Waits for the first line of a process that lives until then. */
    static String firstLine(Process process, Path output) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (lines(output).isEmpty() && process.isAlive()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError("nothing was said yet: " + Files.readString(output));
            }
            Thread.sleep(5);
        }
        return lines(output).get(0);
    }
}
