package dev.mlops.benchmarks;

import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.RunSpec;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Metric points a second that one thread logs to one run on SQLite, each stored when the measurement of it ends. */
@NullUnmarked // JMH sets the fields
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class MetricLoggingBenchmark {
    private static final int BATCH = 1_000;
    private static final Duration LONG = Duration.ofHours(1);

    private TemporaryStore store;
    private ActiveRun buffered;
    private ActiveRun unbuffered;
    private long step;

    /** Opens a store and two runs. */
    @Setup
    public void open() {
        store = TemporaryStore.open();
        buffered = store.project().runs().start(spec(BATCH));
        unbuffered = store.project().runs().start(spec(1));
    }

    private static RunSpec spec(int points) {
        return RunSpec.builder("metrics").buffer(points, LONG).build();
    }

    /** The default: points go to the database a thousand at a time. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void buffered() {
        for (int i = 0; i < BATCH; i++) {
            buffered.metric("loss", 1.0 / ++step, step);
        }
        buffered.flush();
    }

    /** Each point is durable before the call that logs it returns. */
    @Benchmark
    public void unbuffered() {
        unbuffered.metric("loss", 1.0 / ++step, step);
    }

    /** Ends the runs and removes the store. */
    @TearDown
    public void close() {
        buffered.close();
        unbuffered.close();
        store.close();
    }
}
