package dev.mlops.core.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.content.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a cache, some of which are killed. */
@Timeout(120)
class FileCacheProcessesTest {
    private static final long MAX_BYTES = 150_000;

    @TempDir
    Path directory;

    @TempDir
    Path outputs;

    @Test
    void givesEveryProcessTheRightBytesWhileTheyAddAndEvict() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int seed = 1; seed <= 3; seed++) {
            processes.add(start(seed, 3_000));
        }
        for (int seed = 1; seed <= 3; seed++) {
            assertThat(processes.get(seed - 1).waitFor()).as(output(seed)).isZero();
            assertThat(output(seed)).contains("ends well");
        }
        assertThat(bytesLeft()).isBetween(1L, MAX_BYTES * 115 / 100);
        assertThat(directory.resolve("staging")).isEmptyDirectory();
    }

    @Test
    void keepsOnlyWholeFilesWhenProcessesAreKilled() throws Exception {
        Random random = new Random(3);
        for (int kill = 1; kill <= 5; kill++) {
            Process process = start(kill, Integer.MAX_VALUE);
            while (process.isAlive() && !output(kill).contains("begins")) {
                Thread.sleep(5);
            }
            Thread.sleep(random.nextInt(300));
            assertThat(process.isAlive()).as(output(kill)).isTrue();
            process.destroyForcibly().waitFor();
        }
        try (FileCache cache = FileCache.open(directory, MAX_BYTES)) {
            assertThat(cache.verifyAll()).isEmpty();
            assertThat(bytesLeft()).isBetween(1L, MAX_BYTES);
            try (Stream<Path> staged = Files.list(directory.resolve("staging"))) {
                assertThat(staged).as("its own folder and lock").hasSize(2);
            }
            byte[] bytes = CacheProcess.bytesOf(7);
            cache.add(Sha256.of(bytes), bytes.length, out -> out.write(bytes));
            assertThat(cache.open(Sha256.of(bytes))).isPresent().get().satisfies(channel -> channel.close());
        }
    }

    private Process start(int seed, int rounds) throws IOException {
        Path links = Files.createDirectory(outputs.resolve("links-" + seed));
        List<String> command = CacheProcess.command(
                directory.toString(),
                Long.toString(MAX_BYTES),
                links.toString(),
                Integer.toString(seed),
                Integer.toString(rounds));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(outputs.resolve("output-" + seed).toFile())
                .start();
    }

    private String output(int seed) throws IOException {
        return Files.readString(outputs.resolve("output-" + seed));
    }

    private long bytesLeft() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("files"))) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
