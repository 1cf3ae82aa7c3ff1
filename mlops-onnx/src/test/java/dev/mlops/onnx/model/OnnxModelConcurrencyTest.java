package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.metrics.InferenceMetrics;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OnnxModelConcurrencyTest {
    private final ExecutorService executor = Executors.newFixedThreadPool(8);

    @AfterEach
    void stopThreads() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void eightThreadsGetTheirOwnResults() throws Exception {
        try (OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT)) {
            List<Future<Void>> threads = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                int seed = thread;
                threads.add(executor.submit(() -> runMany(model, seed)));
            }
            for (Future<Void> thread : threads) {
                thread.get();
            }
            assertThat(model.runs()).isZero();
        }
    }

    private static Void runMany(OnnxModel model, int seed) {
        for (int i = 0; i < 5_000; i++) {
            int rows = 1 + (i + seed) % 3;
            float[] data = new float[rows * 4];
            Arrays.fill(data, seed * 10_000 + i);
            assertThat(model.run(data).floats("y")).isEqualTo(data);
        }
        return null;
    }

    @Test
    void closingWaitsForRunsThatGoOn() throws Exception {
        OnnxModel model = OnnxModel.load(
                "slow",
                TestModels.slow(),
                OnnxOptions.builder()
                        .intraOpThreads(1)
                        .closeGrace(Duration.ofSeconds(50))
                        .build());
        Future<Result> run = executor.submit(slowRun(model, 200));
        awaitRun(model, run);

        model.close();

        assertThat(model.runs()).isZero();
        assertThat(run.get().names()).hasSize(1);
    }

    @Test
    void closingEndsRunsAfterTheGrace() throws Exception {
        OnnxModel model = OnnxModel.load(
                "slow",
                TestModels.slow(),
                OnnxOptions.builder()
                        .intraOpThreads(1)
                        .closeGrace(Duration.ofMillis(20))
                        .build());
        Future<Result> run = executor.submit(slowRun(model, 700));
        awaitRun(model, run);
        long start = System.nanoTime();

        model.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        assertThatThrownBy(run::get)
                .hasCauseInstanceOf(CancelledException.class)
                .hasMessageContaining("slow");
    }

    @Test
    void anInterruptedCloserEndsRunsAtOnce() throws Exception {
        OnnxModel model = OnnxModel.load(
                "slow",
                TestModels.slow(),
                OnnxOptions.builder().intraOpThreads(1).build());
        Future<Result> run = executor.submit(slowRun(model, 700));
        awaitRun(model, run);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            model.close();
            interrupted.complete(Thread.currentThread().isInterrupted());
        });
        closer.start();

        assertThat(interrupted.get()).isTrue();
        assertThatThrownBy(run::get).hasCauseInstanceOf(CancelledException.class);
    }

    @Test
    void survivesRunsThatRaceWithClosing() throws Exception {
        for (int round = 0; round < 60; round++) {
            OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
            List<Future<Integer>> runners = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                runners.add(executor.submit(() -> runUntilClosed(model)));
            }
            Future<?> second = executor.submit(model::close);
            model.close();
            second.get();
            for (Future<Integer> runner : runners) {
                assertThat(runner.get()).isNotNegative();
            }
        }
    }

    private static int runUntilClosed(OnnxModel model) {
        for (int runs = 0; ; runs++) {
            try {
                assertThat(model.run(new float[] {-1, 1, -2, 2}).floats("y")).containsExactly(0, 1, 0, 2);
            } catch (UnavailableException e) {
                return runs;
            }
        }
    }

    @Test
    void survivesEndingRunsThatRaceWithFailing() throws Exception {
        for (int round = 0; round < 60; round++) {
            OnnxModel model = OnnxModel.load(
                    "lookup",
                    TestModels.lookup(),
                    OnnxOptions.builder().closeGrace(Duration.ZERO).build());
            List<Future<Void>> runners = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                runners.add(executor.submit(() -> failUntilClosed(model)));
            }
            Thread.sleep(1);
            model.close();
            for (Future<Void> runner : runners) {
                runner.get();
            }
        }
    }

    /** Longer than 292 years, which is the most that nanoseconds tell. */
    @Test
    void timesOfAnyLengthAreTaken() {
        Duration ages = Duration.ofSeconds(Long.MAX_VALUE);
        InferenceMetrics metrics = new InferenceMetrics();
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();
        OnnxModel model = OnnxModel.load(
                "relu",
                TestModels.relu(),
                OnnxOptions.builder().closeGrace(ages).metrics(metrics).build());
        RunLimits limits = RunLimits.within(ages).orUntil(cancelled);
        assertThatThrownBy(() -> model.run(Map.of("x", Tensor.floats(new float[4], 1, 4)), limits))
                .isInstanceOf(CancelledException.class);
        assertThat(metrics.snapshot().failures()).containsEntry(Failure.CANCELLED, 1L);
        model.close();
        assertThat(model.isOpen()).isFalse();
    }

    private static Void failUntilClosed(OnnxModel model) {
        Tensor outOfRange = Tensor.longs(new long[] {99}, 1);
        while (true) {
            try {
                model.run(outOfRange);
            } catch (UnavailableException | CancelledException e) {
                return null;
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("99");
            }
        }
    }

    private static Callable<Result> slowRun(OnnxModel model, int size) {
        return () -> model.run(Tensor.floats(new float[size * size], size, size));
    }

    private static void awaitRun(OnnxModel model, Future<Result> run) throws InterruptedException {
        while (model.runs() == 0) {
            assertThat(run.isDone()).as("ended before it was seen").isFalse();
            Thread.sleep(1);
        }
        Thread.sleep(10);
    }
}
