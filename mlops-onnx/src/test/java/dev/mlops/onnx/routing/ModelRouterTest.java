package dev.mlops.onnx.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.metrics.InferenceMetrics;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import dev.mlops.onnx.testing.Latches;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

@Timeout(600)
class ModelRouterTest {
    /** How many swaps are made under load; -Dmlops.swaps=10000 for the whole figure. */
    private static final int SWAPS = Integer.getInteger("mlops.swaps", 300);

    private static final TensorProto FIVE_ONES = TensorProto.newBuilder()
            .setName("w")
            .setDataType(ElementType.FLOAT.onnxNumber())
            .addAllDims(List.of(5L, 1L))
            .addAllFloatData(List.of(1f, 1f, 1f, 1f, 1f))
            .build();

    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    @AfterEach
    void stopThreads() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private static OnnxModel load(String name, byte[] bytes) {
        return OnnxModel.load(
                name, bytes, OnnxOptions.builder().intraOpThreads(1).build());
    }

    private static OnnxModel plus(float offset) {
        return load("plus-" + offset, TestModels.plus(offset));
    }

    private static float ask(ModelRouter router) {
        return router.run(Map.of("x", Tensor.floats(new float[] {0}, 1))).floats("y")[0];
    }

    @Test
    void noCallFailsOrIsLostWhileModelsAreSwapped() throws Exception {
        try (ModelRouter router = ModelRouter.of(plus(0))) {
            AtomicBoolean isOver = new AtomicBoolean();
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(executor.submit(() -> askUntil(router, isOver)));
            }
            for (int version = 1; version <= SWAPS; version++) {
                int offset = version;
                OnnxModel before = router.weights().keySet().iterator().next();
                router.swap(() -> plus(offset), 1);
                assertThat(ask(router)).isEqualTo(offset);
                assertThatThrownBy(() -> before.run(Map.of("x", Tensor.floats(new float[1], 1))))
                        .isInstanceOf(UnavailableException.class);
            }
            isOver.set(true);
            for (Future<Integer> caller : callers) {
                assertThat(caller.get()).isPositive();
            }
        }
    }

    @Test
    void noBatchedRequestFailsOrIsLostWhileModelsAreSwapped() throws Exception {
        BatchOptions options = BatchOptions.builder().maxBatchSize(8).build();
        try (ModelRouter router = ModelRouter.batching(plus(0), options)) {
            AtomicBoolean isOver = new AtomicBoolean();
            List<Future<Integer>> callers = new ArrayList<>();
            callers.add(executor.submit(() -> askUntil(router, isOver)));
            callers.add(executor.submit(() -> submitUntil(router, isOver)));
            callers.add(executor.submit(() -> submitUntil(router, isOver)));
            for (int version = 1; version <= SWAPS / 3; version++) {
                int offset = version;
                router.swap(() -> plus(offset), 1, 8);
                assertThat(ask(router)).isEqualTo(offset);
            }
            isOver.set(true);
            for (Future<Integer> caller : callers) {
                assertThat(caller.get()).isPositive();
            }
        }
    }

    /** Asks for many rows at once, each another one, and gets each of them back from one version or the next. */
    private static int submitUntil(ModelRouter router, AtomicBoolean isOver) {
        int calls = 0;
        while (!isOver.get()) {
            List<CompletableFuture<Result>> going = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                going.add(router.submit(Map.of("x", Tensor.floats(new float[] {i * 100_000}, 1))));
            }
            for (int i = 0; i < 20; i++) {
                assertThat(going.get(i).join().floats("y")[0]).isBetween(i * 100_000f, i * 100_000f + SWAPS);
            }
            calls++;
        }
        return calls;
    }

    @Test
    void aModelThatCannotBeBatchedDoesNotServeBatches() {
        try (ModelRouter router = ModelRouter.batching(plus(1), BatchOptions.DEFAULT)) {
            assertThat(router.submit(Map.of("x", Tensor.floats(new float[] {1}, 1)))
                            .join()
                            .floats("y"))
                    .containsExactly(2);
            assertThat(router.run(
                                    Map.of("x", Tensor.floats(new float[] {1}, 1)),
                                    RunLimits.within(Duration.ofMinutes(1)))
                            .floats("y"))
                    .containsExactly(2);
        }
        try (OnnxModel fixed = load("fixed", TestModels.identity(ElementType.FLOAT, 3))) {
            assertThatThrownBy(() -> ModelRouter.batching(fixed, BatchOptions.DEFAULT))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("cannot be batched");
        }
    }

    /** What is given never goes back to a version that was replaced. */
    private static int askUntil(ModelRouter router, AtomicBoolean isOver) {
        int calls = 0;
        float last = 0;
        while (!isOver.get()) {
            float given = ask(router);
            assertThat(given).isGreaterThanOrEqualTo(last);
            last = given;
            calls++;
        }
        return calls;
    }

    @Test
    void whatCannotBeLoadedLeavesTheOldOneServing() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            assertThatThrownBy(() -> router.swap(() -> load("broken", new byte[] {1, 2, 3})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("broken");
            assertThatThrownBy(() -> router.swap(() -> load("relu", TestModels.relu())))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("relu cannot serve in the place of plus-1.0")
                    .hasMessageContaining("input 'x: FLOAT[n]' is 'x: FLOAT[batch,4]'");
            assertThatThrownBy(() -> router.swap(() -> plus(2), 0))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("warmUpRows");
            assertThat(ask(router)).isEqualTo(1);
        }
    }

    @Test
    void aModelThatFailsWhenItIsWarmedUpDoesNotServe() {
        byte[] failing = TestModels.lookupOfEmptyTable();
        try (ModelRouter router = ModelRouter.of(load("lookup", TestModels.lookup()))) {
            assertThatThrownBy(() -> router.swap(() -> load("failing", failing), 4))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("failing");
            assertThat(router.run(Map.of("index", Tensor.longs(new long[] {1}, 1)))
                            .floats("y"))
                    .containsExactly(2);
        }
    }

    @Test
    void callsAreSplitBetweenVersions() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            router.split(() -> plus(2), 20, 1, 8);
            assertThat(router.weights().values()).containsExactly(80, 20);
            Map<Float, Integer> counts = new TreeMap<>();
            for (int i = 0; i < 10_000; i++) {
                counts.merge(ask(router), 1, Integer::sum);
            }
            assertThat(counts.keySet()).containsExactly(1f, 2f);
            assertThat(counts.get(2f)).isBetween(1_600, 2_400);

            router.split(() -> plus(3), 50);
            assertThat(router.weights().values()).containsExactly(40, 10, 50);

            List<OnnxModel> serving = List.copyOf(router.weights().keySet());
            router.weigh(Map.of(serving.get(2), 100));
            assertThat(ask(router)).isEqualTo(3);
            assertThatThrownBy(() -> router.weigh(Map.of(serving.get(0), 100)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("serves");
            assertThatThrownBy(() -> router.weigh(Map.of(serving.get(2), 90)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("100 together, not 90");
            assertThatThrownBy(() -> router.split(() -> plus(4), 0)).hasMessageContaining("percent");
            assertThat(router.toString()).contains("plus-3.0").contains("100");
        }
    }

    @Test
    void sharesAreRoundedInProportion() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            router.split(() -> plus(2), 1);
            router.split(() -> plus(3), 99);
            assertThat(router.toString()).contains("plus-1.0", "plus-3.0").doesNotContain("plus-2.0");
            assertThat(router.weights().values()).containsExactly(1, 99);
        }
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            router.split(() -> plus(2), 10);
            router.split(() -> plus(3), 95);
            assertThat(router.weights().values()).containsExactly(4, 1, 95);
        }
    }

    @Test
    void weightsThatAreNoPercentagesAreRefused() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            router.split(() -> plus(2), 50);
            router.split(() -> plus(3), 50);
            List<OnnxModel> serving = List.copyOf(router.weights().keySet());
            assertThatThrownBy(() -> router.weigh(Map.of(
                            serving.get(0), Integer.MAX_VALUE, serving.get(1), Integer.MAX_VALUE, serving.get(2), 102)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("1 to 100");
            assertThat(router.weights().values()).containsExactly(25, 25, 50);
        }
    }

    @Test
    void aModelThatIsInUseOrClosedDoesNotServeAnew() {
        OnnxModel serving = plus(1);
        try (ModelRouter router = ModelRouter.of(serving)) {
            Shadow shadow = router.shadow(() -> plus(1), ShadowOptions.DEFAULT);
            for (OnnxModel used : List.of(serving, shadow.model())) {
                assertThatThrownBy(() -> router.split(() -> used, 50))
                        .isInstanceOf(ConflictException.class)
                        .hasMessageContaining("in use");
                assertThatThrownBy(() -> router.shadow(() -> used, ShadowOptions.DEFAULT))
                        .isInstanceOf(ConflictException.class);
                assertThat(used.isOpen()).isTrue();
            }
            OnnxModel closed = plus(2);
            closed.close();
            assertThatThrownBy(() -> router.swap(() -> closed))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("closed");
            assertThat(ask(router)).isEqualTo(1);
        }
    }

    @Test
    void closingDoesNotWaitForALoad() throws Exception {
        ModelRouter router = ModelRouter.of(plus(1));
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<OnnxModel> loaded = new CompletableFuture<>();
        Future<?> swap = executor.submit(() -> router.swap(() -> {
            begun.countDown();
            Latches.await(mayEnd);
            loaded.complete(plus(2));
            return loaded.join();
        }));
        begun.await();
        router.close();
        mayEnd.countDown();
        assertThatThrownBy(swap::get)
                .hasCauseInstanceOf(UnavailableException.class)
                .hasMessageContaining("closed");
        assertThat(loaded.join().isOpen()).isFalse();
    }

    @Test
    void aModelThatIsNotDrainedYetHoldsUpNobodyElse() throws Exception {
        BatchOptions options = BatchOptions.builder()
                .maxBatchSize(2)
                .maxQueueDelay(Duration.ofHours(1))
                .closeGrace(Duration.ofHours(1))
                .build();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Map<String, Tensor> inputs = Map.of("x", Tensor.floats(new float[1], 1));
        try (ModelRouter router = ModelRouter.batching(plus(1), options)) {
            Future<?> held = router.submit(inputs).thenRun(() -> {
                begun.countDown();
                Latches.await(mayEnd);
            });
            CompletableFuture<Result> full = router.submit(inputs);
            begun.await();
            CompletableFuture<Result> waiting = router.submit(inputs);
            Future<Boolean> swap = executor.submit(() -> {
                Thread.currentThread().interrupt();
                router.swap(() -> plus(2));
                return Thread.interrupted();
            });
            assertThat(swap.get()).isTrue();
            Future<?> second = executor.submit(() -> router.swap(() -> plus(3)));
            second.get();
            assertThat(ask(router)).isEqualTo(3);
            assertThat(waiting).isNotDone();
            mayEnd.countDown();
            assertThat(waiting.join().floats("y")).containsExactly(1);
            held.get();
            full.join();
        }
    }

    @Test
    void nothingRunsAfterClosing() {
        ModelRouter router = ModelRouter.of(plus(1));
        router.close();
        router.close();
        assertThatThrownBy(() -> ask(router)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> router.swap(() -> plus(2)))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void everyElementTypeIsWarmedUp() {
        for (ElementType type : List.of(ElementType.STRING, ElementType.BOOL, ElementType.FLOAT16, ElementType.INT8)) {
            try (ModelRouter router = ModelRouter.of(load("first", TestModels.identity(type, "n", 2)))) {
                router.swap(() -> load("second", TestModels.identity(type, "n", 2)), 3);
                assertThat(router.weights()).hasSize(1);
            }
        }
        try (ModelRouter router = ModelRouter.of(load("square", TestModels.slow()))) {
            router.swap(() -> load("square", TestModels.slow()), 2);
            assertThat(router.weights().values()).containsExactly(100);
        }
    }

    @Test
    void rowsOfOpenShapeAreWarmedUpAsTheyAreBatched() {
        byte[] five = TestModels.model(TestModels.graph(TestModels.node("MatMul", "x,w", "y"))
                .addInitializer(FIVE_ONES)
                .addInput(TestModels.value("x", TestModels.tensor(ElementType.FLOAT, "batch", "sequence")))
                .addOutput(TestModels.value("y", TestModels.tensor(ElementType.FLOAT, "batch", 1))));
        BatchOptions options = BatchOptions.builder().rowShape("x", 5).build();
        try (ModelRouter router = ModelRouter.batching(load("first", five), options)) {
            router.swap(() -> load("second", five), 2);
            assertThat(router.toString()).contains("second");
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void modelsThatTakeOtherValuesThanTensorsAreWarmedUp() {
        TypeProto floats = TestModels.tensor(ElementType.FLOAT, "n");
        TypeProto texts = TestModels.tensor(ElementType.STRING, "n");
        List<byte[]> models = List.of(
                TestModels.sequenceInput(),
                TestModels.mapInput("a", "b"),
                TestModels.optionalInput(floats),
                TestModels.optionalInput(TestModels.sequence(texts)),
                TestModels.identity(TestModels.sequence(texts)));
        for (byte[] bytes : models) {
            InferenceMetrics metrics = new InferenceMetrics();
            OnnxOptions counting = OnnxOptions.builder().metrics(metrics).build();
            try (ModelRouter router = ModelRouter.of(load("first", bytes))) {
                router.swap(() -> OnnxModel.load("second", bytes, counting), 3);
                assertThat(router.toString()).contains("second");
                assertThat(metrics.snapshot().requests()).isEqualTo(1);
                assertThat(metrics.snapshot().failed()).isZero();
            }
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void aModelWhoseValuesCannotBeGuessedServesWithoutAWarmUp() {
        NodeProto concat = TestModels.node("ConcatFromSequence", "x", "all").toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("axis")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(0))
                .build();
        byte[] matrices = TestModels.model(TestModels.graph(concat, TestModels.node("MatMul", "all,w", "y"))
                .addInitializer(FIVE_ONES)
                .addInput(TestModels.value("x", TestModels.sequence(TestModels.tensor(ElementType.FLOAT, "n", 5))))
                .addOutput(TestModels.value("y", TestModels.tensor(ElementType.FLOAT, "m", 1))));
        try (ModelRouter router = ModelRouter.of(load("first", matrices))) {
            router.swap(() -> load("second", matrices), 3);
            assertThat(router.toString()).contains("second");
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void sequencesAreRunAndShadowed() throws Exception {
        Map<String, Value> inputs = Map.of("x", new Value.Sequence(List.of(Tensor.zeros(ElementType.FLOAT, 3))));
        try (ModelRouter router = ModelRouter.of(load("first", TestModels.sequenceInput()))) {
            Shadow shadow = router.shadow(() -> load("second", TestModels.sequenceInput()), ShadowOptions.DEFAULT);
            assertThat(router.run(inputs).longs("y")).containsExactly(1);
            assertThat(router.submit(inputs).get().longs("y")).containsExactly(1);
            while (shadow.report().matching() < 2) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void whereCallsAreBatchedOnlyTensorsAreTaken() {
        Map<String, Value> inputs = Map.of("x", new Value.Sequence(List.of()));
        try (ModelRouter router = ModelRouter.batching(plus(1), BatchOptions.DEFAULT)) {
            assertThatThrownBy(() -> router.run(inputs))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("input 'x'")
                    .hasMessageContaining("must be a tensor: calls are batched");
            assertThatThrownBy(() -> router.submit(inputs)).isInstanceOf(InvalidInputException.class);
            assertThat(ask(router)).isEqualTo(1);
        }
    }
}
