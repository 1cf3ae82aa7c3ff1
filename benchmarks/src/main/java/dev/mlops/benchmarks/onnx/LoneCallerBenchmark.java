package dev.mlops.benchmarks.onnx;

import dev.mlops.benchmarks.onnx.CallOverheadBenchmark.Call;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The percentiles of a call of batches by a caller that is alone, beside a bound run. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class LoneCallerBenchmark {
    /** A bound run. */
    @Benchmark
    public Object[] bound(Call call) throws Exception {
        return call.run();
    }

    /** A batch of one row. */
    @Benchmark
    public Object[] batched(Call call) throws Exception {
        return call.run();
    }
}
