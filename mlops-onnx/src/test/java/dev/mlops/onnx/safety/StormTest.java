package dev.mlops.onnx.safety;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many threads that run, cancel, bind, swap and close all at once, in a JVM that must survive it. */
@Timeout(180)
class StormTest {
    private static final int OPERATIONS = Integer.getInteger("mlops.storm", 2_000);
    private static final int THREADS = 8;

    @ParameterizedTest
    @ValueSource(strings = {"foreign functions", "binding"})
    void everyResultIsRightOrRefusedAndTheJvmSurvives(String way) throws Exception {
        String told = ChildJvm.start(Program.class, List.of("-Dmlops.storm=" + OPERATIONS), way)
                .awaitExit(0);

        assertThat(told)
                .containsPattern("done " + THREADS * OPERATIONS + ", right [1-9]\\d*, refused [1-9]\\d*, ended \\d+");
    }

    /** The child. Each thread makes a fixed number of operations, drawn from its own seed. */
    static final class Program implements AutoCloseable {
        private final OnnxOptions options;
        private final AtomicReference<OnnxModel> model = new AtomicReference<>();
        private final AtomicReference<BoundRun> run = new AtomicReference<>();
        private final AtomicReference<BatchingModel> batching = new AtomicReference<>();
        private final ModelRouter router;

        private Program(OnnxOptions options) {
            this.options = options;
            model.set(load());
            run.set(model.get().bind(1, 4));
            batching.set(batch());
            router = ModelRouter.of(load());
        }

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws Exception {
            OnnxOptions options = OnnxOptions.builder()
                    .intraOpThreads(1)
                    .closeGrace(Duration.ofMillis(1))
                    .foreignFunctions(arguments[0].equals("foreign functions"))
                    .build();
            ExecutorService executor = Executors.newFixedThreadPool(THREADS);
            int[] sums = new int[3];
            try (Program storm = new Program(options)) {
                List<Future<int[]>> threads = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int seed = thread;
                    threads.add(executor.submit(() -> storm.operate(new Random(seed))));
                }
                for (Future<int[]> thread : threads) {
                    int[] counts = thread.get();
                    for (int i = 0; i < sums.length; i++) {
                        sums[i] += counts[i];
                    }
                }
            }
            executor.shutdown();
            System.out.printf(
                    "done %d, right %d, refused %d, ended %d%n",
                    sums[0] + sums[1] + sums[2], sums[0], sums[1], sums[2]);
        }

        private OnnxModel load() {
            return OnnxModel.load("relu", TestModels.relu(), options);
        }

        private BatchingModel batch() {
            return BatchingModel.of(
                    model.get(),
                    BatchOptions.builder().closeGrace(Duration.ofMillis(1)).build());
        }

        private int[] operate(Random random) throws ExecutionException, InterruptedException {
            int[] counts = new int[3];
            for (int i = 0; i < OPERATIONS; i++) {
                try {
                    operate(random.nextInt(100), random.nextInt(1_000));
                    counts[0]++;
                } catch (UnavailableException | ConflictException e) {
                    counts[1]++;
                } catch (CancelledException e) {
                    counts[2]++;
                }
            }
            return counts;
        }

        private void operate(int kind, int value) {
            float[] row = {value, -value, 1, -1};
            if (kind < 30) {
                assertRight(value, model.get().run(row).floats("y"));
            } else if (kind < 40) {
                Map<String, Tensor> inputs = Map.of("x", Tensor.floats(row, 1, 4));
                RunLimits limits = RunLimits.within(Duration.ofNanos(1 + value * 100L));
                assertRight(value, model.get().run(inputs, limits).floats("y"));
            } else if (kind < 50) {
                run.get().run(RunLimits.within(Duration.ofNanos(1 + value * 100L)));
            } else if (kind < 60) {
                bind(row, value);
            } else if (kind < 75) {
                assertRight(value, batching.get().run(row));
            } else if (kind < 90) {
                Map<String, Tensor> inputs = Map.of("x", Tensor.floats(row, 1, 4));
                assertRight(value, router.run(inputs).floats("y"));
            } else {
                replace(kind);
            }
        }

        private void bind(float[] row, int value) {
            try (BoundRun own = model.get().bind(1, 4)) {
                own.input("x").floats().put(0, row);
                own.run();
                float[] given = new float[4];
                own.output("y").floats().get(0, given);
                assertRight(value, given);
            }
        }

        private void replace(int kind) {
            if (kind < 93) {
                router.swap(this::load, 1);
            } else if (kind < 95) {
                model.getAndSet(load()).close();
            } else if (kind < 97) {
                run.getAndSet(model.get().bind(1, 4)).close();
            } else {
                batching.getAndSet(batch()).close();
            }
        }

        private static void assertRight(int value, float[] given) {
            assertThat(given).containsExactly(value, 0, 1, 0);
        }

        @Override
        public void close() {
            run.get().close();
            batching.get().close();
            model.get().close();
            router.close();
        }
    }
}
