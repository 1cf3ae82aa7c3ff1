package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.batching.RequestOptions;
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
    private Rows rows;
    private ExecutorService threads;
    private OrtSession session;
    private Batched batched;

    /** Loads the model, and checks what each way gives. */
    @Setup
    public void load() throws Exception {
        chosen = BenchmarkModel.named(model);
        session = Peer.session(chosen);
        rows = new Rows(chosen, session);
        batched = new Batched(chosen);
        rows.check(batched);
        try (Peer pinned = new Pinned(session, chosen)) {
            rows.check(pinned);
        }
        threads = Executors.newFixedThreadPool(
                Math.min(clients, Runtime.getRuntime().availableProcessors()));
    }

    /** Frees what was made. */
    @TearDown
    public void close() throws OrtException {
        threads.shutdown();
        batched.close();
        session.close();
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

    private void drain(Peer peer, AtomicInteger left) throws Exception {
        for (int i = left.decrementAndGet(); i >= 0; i = left.decrementAndGet()) {
            peer.run(rows.at(i));
        }
    }

    /** As the documentation of ONNX Runtime shows it. */
    @Benchmark
    public void documentationStyle() throws Exception {
        onThreads(left -> drain(new DocumentationStyle(session, chosen), left));
    }

    /** Input and output memory made once for each thread. */
    @Benchmark
    public void pinned() throws Exception {
        onThreads(left -> {
            try (Peer peer = new Pinned(session, chosen)) {
                drain(peer, left);
            }
        });
    }

    /** Ours: a client alone calls and waits, several send the next row when the one before is answered. */
    @Benchmark
    public void batched() throws Exception {
        if (clients == 1) {
            onThreads(left -> drain(batched, left));
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
                batched.batching().submit(rows.floats(i), RequestOptions.DEFAULT, this::answered);
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
