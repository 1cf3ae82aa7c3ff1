package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.batching.RequestOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows a second of clients that each have one row on the way: the next one is sent when the one before is answered. The
 * ways without batching run them on as many threads as there are processors, which is the fastest for them.
 */
@NullUnmarked // JMH sets the fields
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@OperationsPerInvocation(BatchingBenchmark.ROWS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BatchingBenchmark {
    static final int ROWS = 100_000;

    /** See {@link BenchmarkModel#named}. */
    @Param({"mlp-32-64-10", "mlp-256-1024-16"})
    public String model;

    /** How many clients there are. */
    @Param({"1", "2", "8", "64"})
    public int clients;

    private BenchmarkModel chosen;
    private float[][] rows;
    private float[][] expected;
    private ExecutorService threads;
    private OrtEnvironment environment;
    private OrtSession session;
    private OnnxModel ours;
    private BatchingModel batching;

    /** Loads the model, and checks what batches give. */
    @Setup
    public void load() throws OrtException {
        chosen = BenchmarkModel.named(model);
        rows = new float[64][];
        expected = new float[64][];
        environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = environment.createSession(chosen.bytes(), options);
        }
        ours = OnnxModel.load(
                model, chosen.bytes(), OnnxOptions.builder().intraOpThreads(1).build());
        batching = BatchingModel.of(ours, BatchOptions.DEFAULT);
        for (int i = 0; i < rows.length; i++) {
            rows[i] = chosen.row(i);
            expected[i] = documentationStyle(rows[i]);
            float[] given = batching.run(rows[i]);
            for (int k = 0; k < given.length; k++) {
                // Sums of a batch may be made in another order.
                if (Math.abs(given[k] - expected[i][k]) > 1e-5f) {
                    throw new IllegalStateException(
                            "%s instead of %s".formatted(Arrays.toString(given), Arrays.toString(expected[i])));
                }
            }
        }
        threads = Executors.newFixedThreadPool(
                Math.min(clients, Runtime.getRuntime().availableProcessors()));
    }

    /** Frees what was made. */
    @TearDown
    public void close() throws OrtException {
        threads.shutdown();
        batching.close();
        ours.close();
        session.close();
    }

    private float[] documentationStyle(float[] row) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, new float[][] {row});
                OrtSession.Result result = session.run(Map.of("x", tensor))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }

    /** Runs rows on all threads, each until none is left. */
    private void onThreads(Way way) throws Exception {
        AtomicInteger left = new AtomicInteger(ROWS);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        int count = Math.min(clients, Runtime.getRuntime().availableProcessors());
        CountDownLatch done = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            threads.execute(() -> {
                try {
                    way.run(left);
                } catch (Exception e) {
                    failure.set(e);
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private interface Way {
        void run(AtomicInteger left) throws Exception;
    }

    /** As the documentation of ONNX Runtime shows it. */
    @Benchmark
    public void documentationStyle() throws Exception {
        onThreads(left -> {
            for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
                documentationStyle(rows[i & 63]);
            }
        });
    }

    /** Input and output memory made once for each thread. */
    @Benchmark
    public void pinned() throws Exception {
        onThreads(left -> {
            FloatBuffer in = direct(chosen.inputs());
            FloatBuffer out = direct(chosen.outputs());
            try (OnnxTensor input = OnnxTensor.createTensor(environment, in, new long[] {1, chosen.inputs()});
                    OnnxTensor output = OnnxTensor.createTensor(environment, out, new long[] {1, chosen.outputs()})) {
                Map<String, OnnxTensor> feeds = Map.of("x", input);
                Map<String, OnnxTensor> pins = Map.of("y", output);
                for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
                    in.put(0, rows[i & 63]);
                    session.run(feeds, Set.of(), pins).close();
                    out.get(0, new float[chosen.outputs()]);
                }
            }
        });
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    /** Ours: a client alone calls and waits, several send the next row when the one before is answered. */
    @Benchmark
    public void batched() throws Exception {
        if (clients == 1) {
            onThreads(left -> {
                for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
                    batching.run(rows[i & 63]);
                }
            });
            return;
        }
        AtomicInteger left = new AtomicInteger(ROWS);
        CountDownLatch done = new CountDownLatch(clients);
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        for (int i = 0; i < clients; i++) {
            new Client(left, done, failure).send();
        }
        done.await();
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private final class Client {
        private final AtomicInteger left;
        private final CountDownLatch done;
        private final AtomicReference<@Nullable RuntimeException> failure;

        Client(AtomicInteger left, CountDownLatch done, AtomicReference<@Nullable RuntimeException> failure) {
            this.left = left;
            this.done = done;
            this.failure = failure;
        }

        void send() {
            int i = left.decrementAndGet();
            if (i < 0) {
                done.countDown();
            } else {
                batching.submit(rows[i & 63], RequestOptions.DEFAULT, this::answered);
            }
        }

        private void answered(float @Nullable [] output, @Nullable RuntimeException failed) {
            if (output == null) {
                failure.set(failed);
            }
            send();
        }
    }
}
