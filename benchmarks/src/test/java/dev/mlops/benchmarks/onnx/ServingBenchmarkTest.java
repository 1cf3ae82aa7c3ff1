package dev.mlops.benchmarks.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs it for a moment, so that it does not rot; the figures mean nothing. */
class ServingBenchmarkTest {
    @Test
    void everyWayOfServingAnswers() throws Exception {
        ByteArrayOutputStream table = new ByteArrayOutputStream();

        assertThat(ServingBenchmark.measure(
                        "mlp-32-64-10",
                        BenchmarkModel.named("mlp-32-64-10"),
                        Duration.ofMillis(20),
                        new int[] {2},
                        new PrintStream(table, true, StandardCharsets.UTF_8)))
                .hasSize(6)
                .allSatisfy(rate -> assertThat(rate).isNotNegative());
        assertThat(table.toString(StandardCharsets.UTF_8)).contains("documentationStyle", "binary, batched");
    }
}
