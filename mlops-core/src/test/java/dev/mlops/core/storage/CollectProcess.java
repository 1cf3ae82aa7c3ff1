package dev.mlops.core.storage;

import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A process of its own that collects a store slowly until it is killed. */
final class CollectProcess {
    private static final PrintStream OUT = System.out;
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private CollectProcess() {}

    /** {@code <directory>}. */
    public static void main(String[] args) {
        try (UpkeepFixture fixture = new UpkeepFixture(Path.of(args[0]), SlowDeletes::new)) {
            fixture.collect();
        }
    }

    static Process start(Path directory, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CollectProcess.class.getName(),
                        directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    static void awaitLine(Process process, Path output) throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (!Files.readString(output).contains("deleted") && process.isAlive()) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new AssertionError("nothing was deleted yet: " + Files.readString(output));
            }
            Thread.sleep(5);
        }
    }

    /** Says what it deleted, and takes its time. */
    private record SlowDeletes(ObjectStore objects) implements ObjectStore {
        @Override
        public boolean delete(String key) {
            boolean was = objects.delete(key);
            OUT.println("deleted " + key);
            OUT.flush();
            try {
                Thread.sleep(2_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return was;
        }

        @Override
        public PutResult putIfAbsent(String key, ObjectBody body) {
            return objects.putIfAbsent(key, body);
        }

        @Override
        public InputStream get(String key) {
            return objects.get(key);
        }

        @Override
        public InputStream get(String key, long offset, long length) {
            return objects.get(key, offset, length);
        }

        @Override
        public Optional<ObjectInfo> head(String key) {
            return objects.head(key);
        }

        @Override
        public Iterator<ObjectInfo> list(String prefix) {
            return objects.list(prefix);
        }

        @Override
        public String describe() {
            return objects.describe();
        }

        @Override
        public void close() {
            objects.close();
        }
    }
}
