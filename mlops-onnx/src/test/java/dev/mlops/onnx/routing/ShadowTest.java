package dev.mlops.onnx.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import dev.mlops.onnx.testing.TestModels;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ShadowTest {
    /** {@code y = x} and {@code z = x} on FLOAT[n]. */
    private static final byte[] TWO_OUTPUTS = TestModels.model(
            TestModels.graph(TestModels.node("Identity", "x", "y"), TestModels.node("Identity", "x", "z"))
                    .addInput(TestModels.value("x", TestModels.tensor(ElementType.FLOAT, "n")))
                    .addOutput(TestModels.value("y", TestModels.tensor(ElementType.FLOAT, "n")))
                    .addOutput(TestModels.value("z", TestModels.tensor(ElementType.FLOAT, "n"))));

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

    private static ShadowReport await(Shadow shadow, Predicate<ShadowReport> wanted) throws InterruptedException {
        while (!wanted.test(shadow.report())) {
            Thread.sleep(1);
        }
        return shadow.report();
    }

    @Test
    void outputsThatAreTheSameMatch() throws Exception {
        try (ModelRouter router = ModelRouter.of(plus(100))) {
            Shadow shadow = router.shadow(() -> plus(100.05f), ShadowOptions.DEFAULT);
            for (int i = 0; i < 50; i++) {
                assertThat(ask(router)).isEqualTo(100);
            }
            ShadowReport report = await(shadow, now -> now.compared() == 50);
            assertThat(report.matching()).isEqualTo(50);
            assertThat(report.largestDifferences().get("y")).isBetween(0.04, 0.06);
            assertThat(report.example()).isNull();
        }
    }

    @Test
    void outputsThatDifferAreToldAndCallersDoNotSeeThem() throws Exception {
        ShadowOptions exact = ShadowOptions.builder().tolerance(0, 0).build();
        try (ModelRouter router = ModelRouter.batching(plus(1), BatchOptions.DEFAULT)) {
            Shadow shadow = router.shadow(() -> plus(3), exact);
            assertThat(router.submit(Map.of("x", Tensor.floats(new float[] {0}, 1)))
                            .join()
                            .floats("y"))
                    .containsExactly(1);
            ShadowReport report = await(shadow, now -> now.compared() == 1);
            assertThat(report.differing()).isEqualTo(1);
            assertThat(report.largestDifferences()).containsEntry("y", 2.0);
            assertThat(report.toString()).contains("0 matching, 1 differing", "{y=2.0}", "output 'y'");
            assertThat(shadow.toString()).startsWith("plus-3.0: shadow of 1 calls");
        }
    }

    @Test
    void aShadowThatFailsHurtsNobody() throws Exception {
        try (ModelRouter router = ModelRouter.of(load("lookup", TestModels.lookup()))) {
            Shadow shadow = router.shadow(() -> load("empty", TestModels.lookupOfEmptyTable()), ShadowOptions.DEFAULT);
            assertThat(router.run(Map.of("index", Tensor.longs(new long[] {1}, 1)))
                            .floats("y"))
                    .containsExactly(2);
            ShadowReport report = await(shadow, now -> now.failed() == 1);
            assertThat(report.example()).contains("empty");
        }
    }

    @Test
    void whatComesTooFastIsSkipped() throws Exception {
        ShadowOptions few = ShadowOptions.builder().maxPending(1).build();
        try (ModelRouter router = ModelRouter.of(load("slow", TestModels.slow()))) {
            Shadow shadow = router.shadow(() -> load("slow", TestModels.slow()), few);
            Map<String, Tensor> large = Map.of("v0", Tensor.floats(new float[90_000], 300, 300));
            Map<String, Tensor> small = Map.of("v0", Tensor.floats(new float[1], 1, 1));
            router.run(large);
            for (int i = 0; i < 20; i++) {
                router.run(small);
            }
            await(shadow, now -> now.compared() + now.skipped() == 21);
            assertThat(shadow.report().skipped()).isPositive();
        }
    }

    @Test
    void onlyAShareOfTheCallsIsRunAgain() throws Exception {
        ShadowOptions some =
                ShadowOptions.builder().percent(20).maxPending(10_000).build();
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            Shadow shadow = router.shadow(() -> plus(1), some);
            for (int i = 0; i < 5_000; i++) {
                ask(router);
            }
            Shadow next = router.shadow(() -> plus(1), ShadowOptions.DEFAULT);
            assertThat(shadow.report().compared()).isLessThan(1_500);
            assertThatThrownBy(() -> shadow.model().run(new float[] {1})).isInstanceOf(UnavailableException.class);
            ask(router);
            await(next, now -> now.compared() == 1);
        }
    }

    @Test
    void aShadowIsPromoted() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            OnnxModel before = router.weights().keySet().iterator().next();
            Shadow shadow = router.shadow(() -> plus(2), ShadowOptions.DEFAULT);
            router.promote(shadow, 1);
            assertThat(ask(router)).isEqualTo(2);
            assertThat(before.name()).isEqualTo("plus-1.0");
            assertThatThrownBy(() -> before.run(new float[] {1})).isInstanceOf(UnavailableException.class);
            assertThatThrownBy(() -> router.promote(shadow)).isInstanceOf(ConflictException.class);
            assertThat(shadow.report().compared()).isZero();
        }
    }

    @Test
    void closingAShadowThatWasPromotedDoesNotHurtWhatServes() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            try (Shadow shadow = router.shadow(() -> plus(2), ShadowOptions.DEFAULT)) {
                router.promote(shadow);
            }
            assertThat(ask(router)).isEqualTo(2);
        }
    }

    @Test
    void aShadowThatIsClosedIsNotPromoted() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            Shadow shadow = router.shadow(() -> plus(2), ShadowOptions.DEFAULT);
            shadow.close();
            assertThatThrownBy(() -> router.promote(shadow))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("closed");
            assertThat(ask(router)).isEqualTo(1);
        }
    }

    @Test
    void aShadowThatDoesNotFitWhatServesNowIsNotPromoted() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            Shadow shadow = router.shadow(() -> plus(2), ShadowOptions.DEFAULT);
            router.swap(() -> load("two", TWO_OUTPUTS));
            assertThatThrownBy(() -> router.promote(shadow))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContainingAll("plus-2.0 cannot serve in the place of two", "'z: FLOAT[n]' is gone");
            assertThat(ask(router)).isEqualTo(0);
            assertThat(shadow.model().isOpen()).isTrue();
        }
    }

    @Test
    void aFailureIsTheSameWithAShadow() {
        Map<String, Tensor> bad = Map.of("index", Tensor.longs(new long[] {99}, 1));
        try (ModelRouter router = ModelRouter.batching(load("lookup", TestModels.lookup()), BatchOptions.DEFAULT)) {
            router.shadow(() -> load("lookup", TestModels.lookup()), ShadowOptions.DEFAULT);
            assertThat(router.submit(bad).handle((result, failure) -> failure).join())
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void callersMayChangeTheirInputsAfterTheCall() throws Exception {
        BatchOptions two = BatchOptions.builder()
                .maxBatchSize(2)
                .maxQueueDelay(Duration.ofHours(1))
                .build();
        try (ModelRouter router = ModelRouter.batching(plus(1), two)) {
            Shadow shadow = router.shadow(() -> plus(1), ShadowOptions.DEFAULT);
            Map<String, Tensor> inputs = new HashMap<>();
            inputs.put("x", Tensor.floats(new float[] {0}, 1));
            CompletableFuture<Result> first = router.submit(inputs);
            inputs.put("x", Tensor.floats(new float[] {1_000}, 1));
            assertThat(router.submit(inputs).join().floats("y")).containsExactly(1_001);
            assertThat(first.join().floats("y")).containsExactly(1);
            ShadowReport report = await(shadow, now -> now.compared() == 2);
            assertThat(report.matching()).isEqualTo(2);
        }
    }

    @Test
    void aModelThatDoesNotFitIsNoShadow() {
        try (ModelRouter router = ModelRouter.of(plus(1))) {
            assertThatThrownBy(() -> router.shadow(() -> load("relu", TestModels.relu()), ShadowOptions.DEFAULT))
                    .isInstanceOf(ConflictException.class);
            assertThat(ask(router)).isEqualTo(1);
        }
        assertThatThrownBy(() -> ShadowOptions.builder().percent(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ShadowOptions.builder().maxPending(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> ShadowOptions.builder().tolerance(Double.NaN, 0))
                .isInstanceOf(InvalidInputException.class);
    }

    private static Comparison compare(Value expected, Value actual) {
        return Comparison.of(expected, actual, ShadowOptions.DEFAULT);
    }

    @Test
    void valuesOfEveryKindAreCompared() {
        Tensor numbers = Tensor.floats(new float[] {1, Float.NaN, 1000}, 3);
        assertThat(compare(numbers, Tensor.floats(new float[] {1, Float.NaN, 1000.5f}, 3))
                        .isMatch())
                .isTrue();
        assertThat(compare(numbers, Tensor.floats(new float[] {1, 2, 1000}, 3)).isMatch())
                .isFalse();
        assertThat(compare(numbers, Tensor.floats(new float[] {1, Float.NaN, 1000}, 1, 3))
                        .largest())
                .isInfinite();
        Tensor whole = Tensor.longs(new long[] {1_000_000}, 1);
        assertThat(compare(whole, Tensor.longs(new long[] {1_000_001}, 1)).isMatch())
                .isFalse();
        Value map = new Value.Mapping(Map.of("a", 1f, "b", 2f));
        Value near = new Value.Mapping(Map.of("a", 1.0005f, "b", 2f));
        Value other = new Value.Mapping(Map.of("a", 1f, "c", 2f));
        assertThat(compare(new Value.Sequence(List.of(map)), new Value.Sequence(List.of(near)))
                        .isMatch())
                .isTrue();
        assertThat(compare(map, other).isMatch()).isFalse();
        assertThat(compare(new Value.Sequence(List.of(map)), new Value.Sequence(List.of(map, map)))
                        .isMatch())
                .isFalse();
        assertThat(compare(map, numbers).isMatch()).isFalse();
    }

    @Test
    void infiniteNumbersAreTheSameOrDiffer() {
        Tensor infinite = Tensor.floats(new float[] {Float.POSITIVE_INFINITY}, 1);
        assertThat(compare(infinite, infinite).isMatch()).isTrue();
        for (float other : new float[] {5, Float.NEGATIVE_INFINITY, Float.NaN}) {
            Tensor actual = Tensor.floats(new float[] {other}, 1);
            assertThat(compare(infinite, actual).isMatch()).isFalse();
            assertThat(compare(actual, infinite).isMatch()).isFalse();
        }
    }

    @Test
    void onlyFractionsMayDifferALittle() {
        Value counts = new Value.Mapping(Map.of("a", 1_000_000L));
        assertThat(compare(counts, new Value.Mapping(Map.of("a", 1_000_001L))).isMatch())
                .isFalse();
        assertThat(compare(new Value.Mapping(Map.of("a", 1f)), new Value.Mapping(Map.of("a", 1d)))
                        .isMatch())
                .isFalse();
        ShadowOptions rough = ShadowOptions.builder().tolerance(0, 0.2).build();
        Tensor small = Tensor.float8(ElementType.FLOAT8E4M3FN, new float[] {1}, 1);
        Tensor next = Tensor.float8(ElementType.FLOAT8E4M3FN, new float[] {1.125f}, 1);
        assertThat(Comparison.of(small, next, rough).isMatch()).isTrue();
        assertThat(Comparison.of(small, next, ShadowOptions.DEFAULT).isMatch()).isFalse();
    }
}
