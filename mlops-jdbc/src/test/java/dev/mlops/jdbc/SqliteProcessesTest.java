package dev.mlops.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.spi.metadata.MetadataStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file: nobody sees "database is locked", and what was acknowledged survives a kill. */
class SqliteProcessesTest {
    @TempDir
    Path directory;

    @Test
    void processesThatMigrateAndAllocateAtOnceGetGaplessNumbers() throws Exception {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(start(i, 20));
        }
        for (Process process : processes) {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
        }

        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(processes.get(i).exitValue()).as(errors(i)).isZero();
            numbers.addAll(acknowledged(Files.readAllLines(output(i))));
        }
        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(1, 120).boxed().toList());
    }

    @Test
    void whatWasAcknowledgedSurvivesAKill() throws Exception {
        Process process = start(0, 100_000);
        while (Files.notExists(output(0))
                || acknowledged(Files.readAllLines(output(0))).size() < 20) {
            assertThat(process.isAlive()).as(errors(0)).isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
        long largest = acknowledged(wholeLines(output(0))).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElseThrow();

        try (MetadataStore store = SqliteMetadataStore.open(file())) {
            long next = store.<Long>transaction(tx -> tx.experiments().nextRunNumber(VersionAllocator.EXPERIMENT));
            // Two threads may each have committed one number that they had no time to print.
            assertThat(next).isBetween(largest + 1, largest + 3);
        }
    }

    private Process start(int number, int count) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        VersionAllocator.class.getName(),
                        file().toString(),
                        Integer.toString(count))
                .redirectOutput(output(number).toFile())
                .redirectError(directory.resolve("errors-" + number).toFile())
                .start();
    }

    private static List<Long> acknowledged(List<String> lines) {
        return lines.stream()
                .filter(line -> line.matches("\\d+"))
                .map(Long::valueOf)
                .toList();
    }

    /** The lines that end with a line break: a kill may cut the last one. */
    private static List<String> wholeLines(Path output) throws IOException {
        String text = Files.readString(output);
        try (BufferedReader reader =
                new BufferedReader(new java.io.StringReader(text.substring(0, text.lastIndexOf('\n') + 1)))) {
            return reader.lines().toList();
        }
    }

    private String errors(int number) throws IOException {
        Path errors = directory.resolve("errors-" + number);
        return Files.exists(errors) ? Files.readString(errors) : "";
    }

    private Path output(int number) {
        return directory.resolve("output-" + number);
    }

    private Path file() {
        return directory.resolve("metadata.db");
    }
}
