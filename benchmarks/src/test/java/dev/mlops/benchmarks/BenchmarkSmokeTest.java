package dev.mlops.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark for a moment, so that none of them rots; the figures mean nothing. */
class BenchmarkSmokeTest {
    private static final String CALLS = "dev\\.mlops\\.benchmarks\\.onnx\\.CallOverheadBenchmark\\.";

    @ParameterizedTest
    @CsvSource({
        "MetricLoggingBenchmark, 2",
        "AliasLookupBenchmark, 2",
        "FilePublishBenchmark, 2",
        "onnx\\.BatchingBenchmark, 3",
        "onnx\\.LoneCallerBenchmark, 2",
        "onnx\\.LoadBenchmark, 4"
    })
    void runs(String benchmark, int methods) throws RunnerException {
        run("dev\\.mlops\\.benchmarks\\." + benchmark, methods, "mlp-32-64-10");
    }

    /** But for DJL, which makes ONNX Runtime's environment itself, and the floor, which needs a JDK that builds it. */
    @ParameterizedTest
    @ValueSource(strings = {"relu4", "inputs8", "tribuo-linear", "convnet", "encoder"})
    void callsGiveTheSame(String model) throws RunnerException {
        run(CALLS + "(documentationStyle|heapBuffer|reusedDirect|pinned|bound|plain)", 6, model);
    }

    @Test
    void callsWithTextsGiveTheSame() throws RunnerException {
        run(CALLS + "(documentationStyle|heapBuffer|plain)", 3, "strings");
    }

    private static void run(String benchmark, int methods, String model) throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(benchmark)
                        .param("models", "3")
                        .param("files", "10")
                        .param("model", model)
                        .param("clients", "8")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .shouldFailOnError(true)
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();

        assertThat(results)
                .hasSize(methods)
                .allSatisfy(result ->
                        assertThat(result.getPrimaryResult().getScore()).isPositive());
    }
}
