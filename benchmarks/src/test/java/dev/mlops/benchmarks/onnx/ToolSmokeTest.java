package dev.mlops.benchmarks.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Runs each program for a moment, so that none of them rots; the figures mean nothing. */
class ToolSmokeTest {
    private interface Program {
        void run(Arguments arguments, PrintStream out) throws Exception;
    }

    /** The cells of each row of the tables that the program prints. */
    private static List<List<String>> rows(Program program, Map<String, String> defaults, String... arguments)
            throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            program.run(Arguments.of(defaults, arguments), out);
        }
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith("|") && !line.startsWith("| ---"))
                .map(line -> Arrays.stream(line.split("\\|"))
                        .map(String::strip)
                        .skip(1)
                        .toList())
                .toList();
    }

    private static List<List<String>> withoutHeader(List<List<String>> rows) {
        return rows.subList(1, rows.size());
    }

    @Test
    void openLoopLoadAnswersOrRefusesEachRow() throws Exception {
        List<List<String>> rows =
                withoutHeader(rows(OpenLoopLoad::run, OpenLoopLoad.DEFAULTS, "--seconds", "0.2", "--rounds", "1"));

        assertThat(rows).hasSize(9).allSatisfy(row -> {
            assertThat(Integer.parseInt(row.get(5))).as("answered").isPositive();
            assertThat(row.subList(7, 9)).as("failed, lost").containsOnly("0");
        });
    }

    @Test
    void cancelTimesEndRuns() throws Exception {
        List<List<String>> rows =
                withoutHeader(rows(CancelTimes::run, CancelTimes.DEFAULTS, "--millis", "20", "--count", "3"));

        assertThat(rows).extracting(row -> row.get(0)).containsExactly("deadline", "Cancellation");
        assertThat(rows)
                .extracting(row -> row.get(2))
                .allSatisfy(ended -> assertThat(Integer.parseInt(ended)).isPositive());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void residentMemoryIsReadAfterEachStep() throws Exception {
        List<List<String>> rows = withoutHeader(
                rows(ResidentMemory::run, ResidentMemory.DEFAULTS, "--calls", "200", "--loads", "2", "--swaps", "2"));

        assertThat(rows)
                .hasSize(10)
                .allSatisfy(row -> assertThat(Long.parseLong(row.get(2))).isPositive());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void noRequestIsLostBySwaps() throws Exception {
        List<List<String>> rows =
                withoutHeader(rows(SwapSoak::run, SwapSoak.DEFAULTS, "--swaps", "10", "--clients", "2"));

        assertThat(rows).hasSize(3).allSatisfy(row -> {
            assertThat(Long.parseLong(row.get(2))).as("answered").isPositive();
            assertThat(row.subList(3, 5)).as("failed, lost").containsOnly("0");
        });
    }

    @Test
    void peersAreComparedInForks() throws Exception {
        List<List<String>> rows = rows(
                ComparePeers::run, ComparePeers.DEFAULTS, "--quick", "--sections", "lone", "--models", "mlp-32-64-10");

        assertThat(rows).extracting(row -> row.get(0)).contains("bound", "batched");
        assertThat(rows).flatExtracting(row -> row).doesNotContain("failed").contains("batched / bound");
    }
}
