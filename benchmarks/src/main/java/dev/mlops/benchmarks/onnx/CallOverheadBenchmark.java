package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtSession;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * One inference of one row: from Java arrays to Java arrays, copies included, on one thread of ONNX Runtime. Each way
 * gives the same elements, which is checked before anything is timed. Each runs in a fork of its own: DJL insists on
 * making ONNX Runtime's environment itself. Texts lie in no buffer, so that the ways with buffers and the bound run
 * refuse the model with strings.
 */
@NullUnmarked // JMH sets the fields
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class CallOverheadBenchmark {
    /** The peer with the name of the method, and a row. */
    @State(Scope.Thread)
    public static class Call {
        /** See {@link BenchmarkModel#named}. */
        @Param({
            "relu4",
            "relu4096",
            "mlp-32-64-10",
            "mlp-256-1024-16",
            "inputs8",
            "strings",
            "tribuo-linear",
            "convnet",
            "encoder"
        })
        public String model;

        private OrtSession session;
        private Peer peer;
        private NamedArray[] row;

        /** Loads the model, and checks what the peer gives. */
        @Setup
        public void load(BenchmarkParams params) throws Exception {
            String method = params.getBenchmark();
            open(method.substring(method.lastIndexOf('.') + 1));
        }

        void open(String name) throws Exception {
            if (name.equals("djl")) {
                Djl.makeEnvironment();
            }
            BenchmarkModel chosen = BenchmarkModel.named(model);
            session = Peer.session(chosen);
            peer = Peer.named(name, chosen, session);
            row = chosen.feeds(7);
            Object[] given = run().clone();
            Object[] expected = new DocumentationStyle(session, chosen).run(row);
            if (!Arrays.deepEquals(expected, given)) {
                throw new IllegalStateException(
                        "%s instead of %s".formatted(Arrays.deepToString(given), Arrays.deepToString(expected)));
            }
        }

        Object[] run() throws Exception {
            return peer.run(row);
        }

        /** Frees the native memory. */
        @TearDown
        public void close() throws Exception {
            peer.close();
            session.close();
        }
    }

    /** As the documentation of ONNX Runtime shows it: nested arrays in, {@code getValue} out. */
    @Benchmark
    public Object[] documentationStyle(Call call) throws Exception {
        return call.run();
    }

    /** A heap buffer in, a buffer out. */
    @Benchmark
    public Object[] heapBuffer(Call call) throws Exception {
        return call.run();
    }

    /** A direct buffer in that is made once, a buffer out. */
    @Benchmark
    public Object[] reusedDirect(Call call) throws Exception {
        return call.run();
    }

    /** The least that the public API of ONNX Runtime allows: input and output memory made once. */
    @Benchmark
    public Object[] pinned(Call call) throws Exception {
        return call.run();
    }

    /** Deep Java Library, which sits on the same binding. */
    @Benchmark
    public Object[] djl(Call call) throws Exception {
        return call.run();
    }

    /** Our bound run. */
    @Benchmark
    public Object[] bound(Call call) throws Exception {
        return call.run();
    }

    /** Our plain call, which any thread may make at any time. */
    @Benchmark
    public Object[] plain(Call call) throws Exception {
        return call.run();
    }

    /** Native calls without a check of anything; needs Java 22. */
    @Benchmark
    public Object[] floor(Call call) throws Exception {
        return call.run();
    }
}
