package dev.mlops.onnx.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.metrics.InferenceMetrics;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.Latches;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BatchingModelTest {
    private static final Duration FOREVER = Duration.ofHours(1);

    private final ExecutorService executor = Executors.newFixedThreadPool(8);

    @AfterEach
    void stopThreads() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private static OnnxModel load(byte[] bytes) {
        return OnnxModel.load(
                "test.onnx", bytes, OnnxOptions.builder().intraOpThreads(1).build());
    }

    private static float[] row(float first) {
        return new float[] {first, -1, 2, -first};
    }

    private static float[] relu(float first) {
        return new float[] {first, 0, 2, 0};
    }

    @Test
    void aLoneCallerGetsItsResult() {
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            assertThat(batching.run(row(7))).isEqualTo(relu(7));
            assertThat(batching.submit(row(8)).join()).isEqualTo(relu(8));
            assertThat(batching.run(new float[] {1, -1, 1, -1, 2, -2, 2, -2})).containsExactly(1, 0, 1, 0, 2, 0, 2, 0);
            Result result = batching.run(Map.of("x", Tensor.floats(row(9), 1, 4)));
            assertThat(result.tensor("y")).isEqualTo(Tensor.floats(relu(9), 1, 4));
            assertThat(batching.toString()).contains("test.onnx", "0 rows wait");
        }
    }

    @Test
    void manyCallersGetTheirOwnRows() throws Exception {
        BatchOptions options =
                BatchOptions.builder().workers(2).maxBatchSize(16).build();
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, options)) {
            List<Future<?>> callers = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                int seed = caller;
                callers.add(executor.submit(() -> callMany(batching, seed)));
            }
            for (Future<?> caller : callers) {
                caller.get();
            }
            assertThat(batching.waitingRows()).isZero();
            assertThat(model.toString()).contains("test.onnx");
        }
    }

    private static void callMany(BatchingModel batching, int seed) {
        List<CompletableFuture<float[]>> going = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            int value = seed * 10_000 + i + 1;
            going.add(batching.submit(row(value)));
            if (i % 5 == 0) {
                assertThat(batching.run(row(value))).isEqualTo(relu(value));
                assertThat(batching.run(Map.of("x", Tensor.floats(row(value), 1, 4)))
                                .floats("y"))
                        .isEqualTo(relu(value));
            }
            if (going.size() == 50) {
                for (int k = 0; k < 50; k++) {
                    assertThat(going.get(k).join()).isEqualTo(relu(value - 49 + k));
                }
                going.clear();
            }
        }
    }

    @Test
    void rowsAreRunTogetherWhenABatchIsPreferredOrFull() {
        BatchOptions preferred = BatchOptions.builder()
                .maxBatchSize(8)
                .preferredBatchSizes(3)
                .maxQueueDelay(FOREVER)
                .build();
        BatchOptions full =
                BatchOptions.builder().maxBatchSize(3).maxQueueDelay(FOREVER).build();
        try (OnnxModel model = load(TestModels.rowCount())) {
            for (BatchOptions options : List.of(preferred, full)) {
                try (BatchingModel batching = BatchingModel.of(model, options)) {
                    CompletableFuture<float[]> first = batching.submit(new float[] {1});
                    CompletableFuture<float[]> two = batching.submit(new float[] {2, 3});
                    assertThat(first.join()).containsExactly(3);
                    assertThat(two.join()).containsExactly(3, 3);
                }
            }
        }
    }

    @Test
    void aRowDoesNotWaitLongerThanTheDelay() {
        BatchOptions options =
                BatchOptions.builder().maxQueueDelay(Duration.ofMillis(5)).build();
        try (OnnxModel model = load(TestModels.rowCount());
                BatchingModel batching = BatchingModel.of(model, options)) {
            for (int i = 0; i < 10; i++) {
                assertThat(batching.submit(new float[] {1}).join()).containsExactly(1);
            }
        }
    }

    @Test
    void aBatchThatTheNextRequestDoesNotFitIsRun() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(8).maxQueueDelay(FOREVER).build();
        try (OnnxModel model = load(TestModels.rowCount());
                BatchingModel batching = BatchingModel.of(model, options)) {
            CompletableFuture<float[]> first = batching.submit(new float[5]);
            CompletableFuture<float[]> second = batching.submit(new float[4]);
            assertThat(first.join()).contains(5);
            CompletableFuture<float[]> third = batching.submit(new float[4]);
            assertThat(second.join()).contains(8);
            assertThat(third.join()).contains(8);
        }
    }

    @Test
    void aBatchBeginsBeforeADeadlineInItIsOver() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(8).maxQueueDelay(FOREVER).build();
        try (OnnxModel model = load(TestModels.rowCount());
                BatchingModel batching = BatchingModel.of(model, options)) {
            RequestOptions soon = RequestOptions.within(Duration.ofSeconds(1));
            assertThat(batching.submit(new float[1], soon).join()).containsExactly(1);
            CompletableFuture<float[]> patient = batching.submit(new float[1]);
            CompletableFuture<float[]> hurried = batching.submit(new float[1], soon);
            assertThat(hurried.join()).containsExactly(2);
            assertThat(patient.join()).containsExactly(2);
        }
    }

    @Test
    void aBadRowDoesNotFailTheOthersOfItsBatch() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(4).maxQueueDelay(FOREVER).build();
        try (OnnxModel model = load(TestModels.lookup());
                BatchingModel batching = BatchingModel.of(model, options)) {
            List<CompletableFuture<Result>> results = new ArrayList<>();
            for (long index : new long[] {0, 1, 99, 2}) {
                results.add(batching.submit(Map.of("index", Tensor.longs(new long[] {index}, 1))));
            }
            assertThat(results.get(0).join().floats("y")).containsExactly(1);
            assertThat(results.get(1).join().floats("y")).containsExactly(2);
            assertThat(results.get(3).join().floats("y")).containsExactly(3);
            assertThatThrownBy(results.get(2)::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("99");
        }
    }

    @Test
    void aModelThatGivesAnotherNumberOfRowsIsToldSo() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(2).maxQueueDelay(FOREVER).build();
        try (OnnxModel model = load(TestModels.fewerRows());
                BatchingModel batching = BatchingModel.of(model, options)) {
            CompletableFuture<float[]> kept = batching.submit(new float[] {5});
            CompletableFuture<float[]> dropped = batching.submit(new float[] {0});
            assertThat(kept.join()).containsExactly(5);
            assertThatThrownBy(dropped::join)
                    .hasCauseInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("'y'")
                    .hasMessageContaining("a row for each");
        }
    }

    @Test
    void whatCannotBeBatchedIsRefusedWithTheReason() {
        try (OnnxModel fixed = load(TestModels.identity(ElementType.FLOAT, 1, 4));
                OnnxModel twoOpen = load(TestModels.twoInputs());
                OnnxModel strings = load(TestModels.identity(ElementType.STRING, "n"))) {
            assertThatThrownBy(() -> BatchingModel.of(fixed, BatchOptions.DEFAULT))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("no open first dimension");
            assertThatThrownBy(() -> BatchingModel.of(twoOpen, BatchOptions.DEFAULT))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("dimension 1 is open too");
            assertThatThrownBy(() -> BatchingModel.of(strings, BatchOptions.DEFAULT))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("cannot be bound");
        }
    }

    @Test
    void rowsThatDoNotFitAreRefusedAtOnce() {
        try (OnnxModel model = load(TestModels.relu());
                OnnxModel lookup = load(TestModels.lookup());
                BatchingModel batching = BatchingModel.of(
                        model, BatchOptions.builder().maxBatchSize(2).build());
                BatchingModel longs = BatchingModel.of(lookup, BatchOptions.DEFAULT)) {
            assertThatThrownBy(() -> batching.submit(new float[3]))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("3 floats")
                    .hasMessageContaining("4 floats");
            assertThatThrownBy(() -> batching.submit(new float[0])).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> batching.submit(new float[12]))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("maxBatchSize, 2");
            assertThatThrownBy(() -> batching.run(Map.of("z", Tensor.floats(row(1), 1, 4))))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("lack 'x'");
            assertThatThrownBy(() -> batching.submit(row(1), RequestOptions.priority(2)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("priorityLevels");
            assertThatThrownBy(() -> longs.run(new float[1]))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("give tensors by name");
        }
    }

    @Test
    void aFullQueueRefuses() {
        try (OnnxModel model = load(TestModels.slowRows());
                BatchingModel batching = BatchingModel.of(
                        model,
                        BatchOptions.builder().maxBatchSize(1).maxQueueSize(2).build())) {
            List<CompletableFuture<float[]>> taken = new ArrayList<>();
            assertThatThrownBy(() -> {
                        while (true) {
                            taken.add(batching.submit(new float[512]));
                        }
                    })
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("maxQueueSize is 2");
            assertThat(taken)
                    .hasSizeGreaterThanOrEqualTo(2)
                    .allSatisfy(future -> assertThat(future.join()).hasSize(512));
        }
    }

    @Test
    void callersWaitForRoomIfToldSo() {
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(1)
                .maxQueueSize(1)
                .queuePolicy(BatchOptions.QueuePolicy.WAIT)
                .build();
        try (OnnxModel model = load(TestModels.slowRows());
                BatchingModel batching = BatchingModel.of(model, options)) {
            List<CompletableFuture<float[]>> taken = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                taken.add(batching.submit(new float[512]));
                assertThat(batching.waitingRows()).isLessThanOrEqualTo(1);
            }
            assertThat(taken).allSatisfy(future -> assertThat(future.join()).hasSize(512));
        }
    }

    @Test
    void aRequestLargerThanTheQueueIsLetInWhenNothingWaits() {
        for (BatchOptions.QueuePolicy policy : BatchOptions.QueuePolicy.values()) {
            BatchOptions options =
                    BatchOptions.builder().maxQueueSize(2).queuePolicy(policy).build();
            try (OnnxModel model = load(TestModels.rowCount());
                    BatchingModel batching = BatchingModel.of(model, options)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(batching.submit(new float[5]).join()).contains(5);
                }
                assertThat(batching.waitingRows()).isZero();
            }
        }
    }

    /** A full queue of one row, whose worker is held up until the latch. */
    private static BatchingModel full(OnnxModel model, CountDownLatch latch, InferenceMetrics metrics)
            throws InterruptedException {
        BatchingModel batching = BatchingModel.of(
                model,
                BatchOptions.builder()
                        .maxBatchSize(1)
                        .maxQueueSize(1)
                        .queuePolicy(BatchOptions.QueuePolicy.WAIT)
                        .closeGrace(Duration.ZERO)
                        .metrics(metrics)
                        .build());
        CountDownLatch begun = new CountDownLatch(1);
        batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> {
            begun.countDown();
            Latches.await(latch);
        });
        begun.await();
        batching.submit(row(2), RequestOptions.DEFAULT, (result, failure) -> {});
        return batching;
    }

    @Test
    void callersDoNotWaitForRoomLongerThanTheirDeadline() throws Exception {
        InferenceMetrics metrics = new InferenceMetrics();
        CountDownLatch latch = new CountDownLatch(1);
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = full(model, latch, metrics)) {
            assertThatThrownBy(() -> batching.submit(row(3), RequestOptions.within(Duration.ofMillis(1))))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("PT0.001S");
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> batching.submit(row(3)))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            assertThat(metrics.snapshot().failures())
                    .containsOnly(Map.entry(Failure.DEADLINE, 1L), Map.entry(Failure.CANCELLED, 1L));
            latch.countDown();
        }
    }

    @Test
    void closingGivesUpCallersThatWaitForRoomToo() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (OnnxModel model = load(TestModels.relu())) {
            BatchingModel batching = full(model, latch, new InferenceMetrics());
            CompletableFuture<Thread> caller = new CompletableFuture<>();
            CompletableFuture<RuntimeException> givenUp = new CompletableFuture<>();
            executor.execute(() -> {
                caller.complete(Thread.currentThread());
                batching.submit(row(3), RequestOptions.DEFAULT, (result, failure) -> givenUp.complete(failure));
            });
            while (caller.join().getState() != Thread.State.TIMED_WAITING) {
                Thread.onSpinWait();
            }
            batching.close();
            latch.countDown();
            assertThat(givenUp.join()).isInstanceOf(CancelledException.class).hasMessageContaining("closed");
        }
    }

    @Test
    void aReceiverMayRunButNotWait() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<float[]> ran = new CompletableFuture<>();
        CompletableFuture<Throwable> refused = new CompletableFuture<>();
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(1)
                .maxQueueSize(1)
                .queuePolicy(BatchOptions.QueuePolicy.WAIT)
                .build();
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, options)) {
            batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> {
                Latches.await(latch);
                ran.complete(batching.run(row(5)));
                try {
                    refused.completeExceptionally(new AssertionError(batching.submit(row(6))));
                } catch (RuntimeException e) {
                    refused.complete(e);
                }
            });
            CompletableFuture<float[]> waiting = batching.submit(row(2));
            while (batching.waitingRows() == 0 && !waiting.isDone()) {
                Thread.onSpinWait();
            }
            latch.countDown();
            assertThat(ran.join()).isEqualTo(relu(5));
            assertThat(refused.join()).isInstanceOf(UnavailableException.class).hasMessageContaining("another thread");
            assertThat(waiting.join()).isEqualTo(relu(2));
        }
    }

    @Test
    void theReceiverOfALateRequestMayRun() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        CompletableFuture<float[]> ran = new CompletableFuture<>();
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> Latches.await(latch));
            batching.submit(
                    row(2),
                    RequestOptions.within(Duration.ofNanos(1)),
                    (result, failure) -> ran.complete(batching.run(row(3))));
            latch.countDown();
            assertThat(ran.join()).isEqualTo(relu(3));
        }
    }

    @Test
    void priorityGoesFirst() throws Exception {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(1).priorityLevels(3).build();
        try (OnnxModel model = load(TestModels.slowRows());
                BatchingModel batching = BatchingModel.of(model, options)) {
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch allIn = new CountDownLatch(1);
            batching.submit(new float[512], RequestOptions.DEFAULT, (result, failure) -> {
                begun.countDown();
                Latches.await(allIn);
            });
            begun.await();
            List<CompletableFuture<?>> all = new ArrayList<>();
            all.add(batching.submit(new float[512]).thenRun(() -> order.add("last")));
            all.add(batching.submit(new float[512], RequestOptions.priority(2)).thenRun(() -> order.add("second")));
            all.add(batching.submit(new float[512], RequestOptions.priority(1)).thenRun(() -> order.add("first")));
            allIn.countDown();
            all.forEach(CompletableFuture::join);
            assertThat(order).containsExactly("first", "second", "last");
        }
    }

    @Test
    void aRequestIsGivenUpAfterItsDeadline() throws Exception {
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch isLate = new CountDownLatch(1);
            batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> {
                begun.countDown();
                Latches.await(isLate);
            });
            begun.await();
            CompletableFuture<float[]> late = batching.submit(row(2), RequestOptions.within(Duration.ofMillis(1)));
            CompletableFuture<float[]> patient = batching.submit(row(3), RequestOptions.within(FOREVER));
            Thread.sleep(5);
            isLate.countDown();
            assertThatThrownBy(late::join)
                    .hasCauseInstanceOf(CancelledException.class)
                    .hasMessageContaining("deadline");
            assertThat(patient.join()).isEqualTo(relu(3));
        }
    }

    @Test
    void aReceiverThatThrowsHurtsNobody() {
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            AtomicReference<float[]> seen = new AtomicReference<>();
            batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> {
                seen.set(result);
                throw new IllegalStateException("of a receiver");
            });
            batching.submit(row(1), RequestOptions.DEFAULT, (result, failure) -> {
                throw new AssertionError("of a receiver");
            });
            assertThat(batching.submit(row(2)).join()).isEqualTo(relu(2));
            assertThat(seen.get()).isEqualTo(relu(1));
        }
    }

    @Test
    void closingRunsWhatWaitsAndRefusesMore() {
        try (OnnxModel model = load(TestModels.slowRows())) {
            BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT);
            List<CompletableFuture<float[]>> going = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                going.add(batching.submit(new float[512]));
            }
            batching.close();
            batching.close();
            assertThat(going).allSatisfy(future -> assertThat(future).isCompleted());
            assertThatThrownBy(() -> batching.submit(new float[512]))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> batching.run(new float[512])).isInstanceOf(UnavailableException.class);
        }
    }

    @Test
    void closingGivesUpWhatWaitsAfterTheGrace() {
        BatchOptions options =
                BatchOptions.builder().maxBatchSize(1).closeGrace(Duration.ZERO).build();
        try (OnnxModel model = load(TestModels.slowRows())) {
            BatchingModel batching = BatchingModel.of(model, options);
            List<CompletableFuture<float[]>> going = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                going.add(batching.submit(new float[512]));
            }
            batching.close();
            assertThatThrownBy(going.get(49)::join)
                    .hasCauseInstanceOf(CancelledException.class)
                    .hasMessageContaining("closed");
            going.forEach(
                    future -> future.exceptionally(failure -> new float[0]).join());
        }
    }

    @Test
    void nothingIsLostWhenClosingRacesWithCallers() throws Exception {
        try (OnnxModel model = load(TestModels.relu())) {
            for (int round = 0; round < 100; round++) {
                BatchingModel batching = BatchingModel.of(
                        model, BatchOptions.builder().maxBatchSize(8).build());
                List<Future<Integer>> callers = new ArrayList<>();
                for (int caller = 0; caller < 4; caller++) {
                    callers.add(executor.submit(() -> submitUntilClosed(batching)));
                }
                Thread.sleep(round % 3);
                batching.close();
                for (Future<Integer> caller : callers) {
                    assertThat(caller.get()).isNotNegative();
                }
            }
            assertThat(model.run(row(1)).floats("y")).isEqualTo(relu(1));
        }
    }

    private static int submitUntilClosed(BatchingModel batching) {
        List<CompletableFuture<float[]>> accepted = new ArrayList<>();
        try {
            while (true) {
                accepted.add(batching.submit(row(accepted.size() + 1)));
                batching.run(row(1));
            }
        } catch (UnavailableException closed) {
            for (int i = 0; i < accepted.size(); i++) {
                assertThat(accepted.get(i).join()).isEqualTo(relu(i + 1));
            }
            return accepted.size();
        }
    }

    @Test
    void aClosedModelFailsRequestsNotTheWorkers() {
        OnnxModel model = load(TestModels.relu());
        try (BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            model.close();
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(batching.submit(row(1))::join).hasCauseInstanceOf(UnavailableException.class);
                assertThatThrownBy(() -> batching.run(row(1))).isInstanceOf(UnavailableException.class);
            }
        }
    }

    @Test
    void anObjectiveThatCannotBeHeldMakesBatchesSmall() {
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(32)
                .latencyObjective(Duration.ofNanos(1))
                .build();
        try (OnnxModel model = load(TestModels.relu());
                BatchingModel batching = BatchingModel.of(model, options)) {
            assertThat(batching.batchLimit()).isEqualTo(32);
            for (int i = 0; i < 20_000; i++) {
                batching.submit(row(i)).join();
            }
            assertThat(batching.batchLimit()).isEqualTo(1);
        }
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> BatchOptions.builder().maxBatchSize(0)).hasMessageContaining("maxBatchSize");
        assertThatThrownBy(() -> BatchOptions.builder()
                        .maxBatchSize(4)
                        .preferredBatchSizes(8)
                        .build())
                .hasMessageContaining("preferredBatchSizes");
        assertThatThrownBy(() -> BatchOptions.builder().preferredBatchSizes(0))
                .hasMessageContaining("preferredBatchSizes");
        assertThatThrownBy(() -> BatchOptions.builder().maxQueueDelay(Duration.ofNanos(-1)))
                .hasMessageContaining("maxQueueDelay");
        for (Duration objective : List.of(Duration.ZERO, Duration.ofMillis(-1))) {
            assertThatThrownBy(() -> BatchOptions.builder().latencyObjective(objective))
                    .hasMessageContainingAll("latencyObjective", "must be positive and at most 365 days");
        }
        assertThatThrownBy(() -> BatchOptions.builder().closeGrace(Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageContaining("closeGrace");
        assertThatThrownBy(() -> RequestOptions.within(Duration.ofSeconds(Long.MAX_VALUE)))
                .hasMessageContaining("deadline");
        assertThatThrownBy(() -> RequestOptions.within(Duration.ZERO)).hasMessageContaining("deadline");
        assertThatThrownBy(() -> RequestOptions.priority(-1)).hasMessageContaining("priority");
    }

    @Test
    void rowsOfOpenShapeAreBatchedOnceSomebodyTellsTheirShape() {
        BatchOptions padded = BatchOptions.builder()
                .maxBatchSize(4)
                .preferredBatchSizes(3)
                .maxQueueDelay(FOREVER)
                .rowShape("x", 5)
                .build();
        try (OnnxModel model = load(TestModels.identity(ElementType.INT64, "batch", "sequence"))) {
            try (BatchingModel batching = BatchingModel.of(model, padded)) {
                CompletableFuture<Result> two =
                        batching.submit(Map.of("x", Tensor.longs(new long[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 2, 5)));
                CompletableFuture<Result> one =
                        batching.submit(Map.of("x", Tensor.longs(new long[] {11, 12, 13, 0, 0}, 1, 5)));
                assertThat(one.join().longs("y")).containsExactly(11, 12, 13, 0, 0);
                assertThat(two.join().tensor("y").shape()).containsExactly(2, 5);
                assertThatThrownBy(() -> batching.submit(Map.of("x", Tensor.longs(new long[3], 1, 3))))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("must be padded to [1, 5]");
            }
            assertThatThrownBy(() -> BatchingModel.of(model, BatchOptions.DEFAULT))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("dimension 1 is open too, and no rowShape tells its size");
            assertRefused(model, BatchOptions.builder().rowShape("x", 5, 5), "has not its 1 dimensions");
            assertRefused(model, BatchOptions.builder().rowShape("x", 5).rowShape("z", 5), "not among the inputs");
        }
        try (OnnxModel model = load(TestModels.relu())) {
            assertRefused(model, BatchOptions.builder().rowShape("x", 5), "does not fit");
        }
        assertThatThrownBy(() -> BatchOptions.builder().rowShape("x", 0)).isInstanceOf(InvalidInputException.class);
        try (OnnxModel model = load(TestModels.identity(ElementType.FLOAT, "batch", "sequence"))) {
            assertRefused(model, BatchOptions.builder().rowShape("x", 1L << 40), "too many elements");
        }
    }

    private static void assertRefused(OnnxModel model, BatchOptions.Builder options, String reason) {
        assertThatThrownBy(() -> BatchingModel.of(model, options.build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(reason);
    }
}
