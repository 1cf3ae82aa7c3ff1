package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.onnx.testing.TestModels;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What bound runs do, whichever way they call ONNX Runtime. */
@Timeout(120)
abstract class BoundRunContract {
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    /** Whether foreign functions may be used. */
    abstract boolean foreignFunctions();

    @AfterEach
    void stopThreads() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    private OnnxModel load(byte[] model) {
        return OnnxModel.load(
                "test.onnx",
                model,
                OnnxOptions.builder()
                        .intraOpThreads(1)
                        .closeGrace(Duration.ofMillis(20))
                        .foreignFunctions(foreignFunctions())
                        .build());
    }

    @Test
    void runsAgainAndAgainInTheSameMemory() {
        try (OnnxModel model = load(TestModels.relu());
                BoundRun run = model.bind(2, 4)) {
            FloatBuffer in = run.input("x").floats();
            FloatBuffer out = run.output("y").floats();
            for (int i = 0; i < 100; i++) {
                float[] data = {i, -i, 1, -1, 2 * i, 0, -3, 3};
                in.put(0, data);
                run.run();
                float[] given = new float[8];
                out.get(0, given);
                assertThat(given).isEqualTo(model.run(data).floats("y"));
            }
            assertThat(run.input("x").floats()).isSameAs(in);
            assertThat(run.output("y").floats()).isSameAs(out);
            assertThat(run.toString()).contains("test.onnx", "FLOAT[2,4]");
        }
    }

    /** On Java 22 and later nothing; through the binding what that makes by itself. */
    @Test
    void makesNoGarbageOfItsOwn() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int runs = 30_000;
        try (OnnxModel model = load(TestModels.relu());
                BoundRun run = model.bind(1, 4)) {
            repeat(run, runs);
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            repeat(run, runs);
            long bytes = (threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before) / runs;
            boolean isForeign = run.toString().contains("foreign functions");
            assertThat(bytes).isLessThanOrEqualTo(isForeign ? 0 : 1_000);
        }
    }

    private static void repeat(BoundRun run, int times) {
        for (int i = 0; i < times; i++) {
            run.run();
        }
    }

    @Test
    void severalInputsAndOutputsGoByTheirNames() {
        try (OnnxModel model = load(TestModels.twoInputs())) {
            Map<String, long[]> shapes = Map.of("b", new long[] {1, 2}, "a", new long[] {1, 2});
            try (BoundRun run = model.bind(shapes);
                    BoundRun product = model.bind(shapes, List.of("product"))) {
                for (BoundRun each : List.of(run, product)) {
                    each.input("a").floats().put(0, new float[] {2, 3});
                    each.input("b").floats().put(0, new float[] {10, 20});
                    each.run();
                    assertThat(each.output("product").toTensor().floats()).containsExactly(20, 60);
                }
                assertThat(run.output("sum").toTensor().floats()).containsExactly(12, 23);
                assertThat(run.inputs()).hasSize(2);
                assertThat(product.outputs()).hasSize(1);
                assertThatThrownBy(() -> product.output("sum"))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("sum")
                        .hasMessageContaining("product");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"FLOAT", "DOUBLE", "INT64", "INT32", "INT16", "INT8", "UINT8", "BOOL", "FLOAT16", "BFLOAT16"})
    void everyElementTypeStandsWhereItIs(ElementType type) {
        try (OnnxModel model = load(TestModels.identity(type, "n"));
                BoundRun run = model.bind(3)) {
            int size = Elements.bytes(type);
            for (int i = 0; i < 3 * size; i++) {
                run.input("x").bytes().put(i, (byte) (type == ElementType.BOOL ? i & 1 : 7 * i + 1));
            }
            run.run();
            assertThat(run.output("y").elementType()).isEqualTo(type);
            assertThat(run.output("y").bytes()).isEqualTo(run.input("x").bytes());
            assertThat(run.output("y").toTensor()).isEqualTo(run.input("x").toTensor());
        }
    }

    @Test
    void tensorsCanBeSet() {
        try (OnnxModel model = load(TestModels.relu());
                BoundRun run = model.bind(1, 4)) {
            run.input("x").set(Tensor.floats(new float[] {-1, 2, -3, 4}, 1, 4));
            run.run();
            assertThat(run.output("y").toTensor()).isEqualTo(Tensor.floats(new float[] {0, 2, 0, 4}, 1, 4));
            assertThatThrownBy(() -> run.input("x").set(Tensor.floats(new float[4], 2, 2)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("FLOAT[1,4]");
            assertThatThrownBy(() -> run.input("x").longs())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("longs");
        }
    }

    @Test
    void outputsOfUnknownShapeAreThoseOfTheLastRun() {
        try (OnnxModel model = load(TestModels.nonZero());
                BoundRun run = model.bind(5)) {
            assertThatThrownBy(() -> run.output("y").longs())
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("before the first run");
            float[][] rows = {{1, 0, 2, 0, 3}, {0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {1, 1, 1, 1, 1}};
            long[][] wanted = {{0, 2, 4}, {}, {4}, {0, 1, 2, 3, 4}};
            for (int i = 0; i < rows.length; i++) {
                run.input("x").floats().put(0, rows[i]);
                run.run();
                assertThat(run.output("y").shape()).containsExactly(1, wanted[i].length);
                long[] given = new long[run.output("y").size()];
                run.output("y").longs().get(0, given);
                assertThat(given).isEqualTo(wanted[i]);
            }
        }
    }

    @Test
    void aModelThatDoesNotKeepToItsShapesIsTold() {
        try (OnnxModel model = load(TestModels.wrongOutputShape());
                BoundRun run = model.bind(3)) {
            run.input("x").floats().put(0, new float[] {0, 1, 0});
            assertThatThrownBy(run::run)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("test.onnx");
        }
    }

    @Test
    void shapesMustFitTheSignature() {
        try (OnnxModel model = load(TestModels.twoInputs())) {
            assertThatThrownBy(() -> model.bind(Map.of("a", new long[] {1, 2})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("lack 'b'");
            assertThatThrownBy(() -> model.bind(Map.of("a", new long[] {1, 2}, "b", new long[] {1, 3})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("m is 2 elsewhere");
            assertThatThrownBy(() -> model.bind(Map.of("a", new long[] {2}, "b", new long[] {1, 2})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("1 dimensions");
            assertThatThrownBy(() -> model.bind(Map.of("a", new long[] {-1, 2}, "b", new long[] {1, 2})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("must not be negative");
            assertThatThrownBy(() ->
                            model.bind(Map.of("a", new long[] {1, 2}, "b", new long[] {1, 2}, "c", new long[] {1})))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("hold [c]");
            assertThatThrownBy(() -> model.bind(1, 2)).isInstanceOf(InvalidInputException.class);
        }
        try (OnnxModel model = load(TestModels.relu())) {
            assertThatThrownBy(() -> model.bind(1L << 31, 4))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("too many elements");
        }
    }

    @Test
    void stringsAndSequencesCannotBeBound() {
        try (OnnxModel strings = load(TestModels.identity(ElementType.STRING, "n"));
                OnnxModel sequence = load(TestModels.sequenceOf(ElementType.FLOAT))) {
            for (OnnxModel model : List.of(strings, sequence)) {
                assertThatThrownBy(() -> model.bind(1))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContaining("cannot be bound");
            }
        }
    }

    @Test
    void emptyTensorsGoThrough() {
        try (OnnxModel model = load(TestModels.relu());
                BoundRun run = model.bind(0, 4)) {
            run.run();
            assertThat(run.output("y").shape()).containsExactly(0, 4);
            assertThat(run.output("y").toTensor().size()).isZero();
        }
    }

    @Test
    void booleansOtherThanZeroAndOneAreRefused() {
        try (OnnxModel model = load(TestModels.identity(ElementType.BOOL, "n"));
                BoundRun run = model.bind(2)) {
            run.input("x").bytes().put(1, (byte) 2);
            assertThatThrownBy(run::run)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("'x'")
                    .hasMessageContaining("byte 1");
            run.input("x").bytes().put(1, (byte) 1);
            run.run();
            assertThat(run.output("y").toTensor().booleans()).containsExactly(false, true);
        }
    }

    @Test
    void aFailureOfTheModelIsTold() {
        try (OnnxModel model = load(TestModels.lookup());
                BoundRun run = model.bind(1)) {
            run.input("index").longs().put(0, 99);
            assertThatThrownBy(run::run)
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("test.onnx")
                    .hasMessageContaining("99");
            run.input("index").longs().put(0, 2);
            run.run();
            assertThat(run.output("y").floats().get(0)).isEqualTo(3);
        }
    }

    @Test
    void nothingRunsAfterClosing() {
        OnnxModel model = load(TestModels.relu());
        BoundRun first = model.bind(1, 4);
        BoundRun second = model.bind(1, 4);
        first.close();
        first.close();
        assertThatThrownBy(first::run).isInstanceOf(UnavailableException.class).hasMessageContaining("closed");
        second.run();
        FloatBuffer kept = second.output("y").floats();
        model.close();
        assertThatThrownBy(second::run).isInstanceOf(UnavailableException.class).hasMessageContaining("closed");
        assertThat(kept.get(0)).isZero();
        second.input("x").floats().put(0, 1);
        second.close();
        assertThatThrownBy(() -> model.bind(1, 4)).isInstanceOf(UnavailableException.class);
    }

    @Test
    void aLimitEndsARunAndTheNextOneGoesOn() {
        try (OnnxModel model = load(TestModels.slow());
                BoundRun run = model.bind(500, 500)) {
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> run.run(RunLimits.within(Duration.ofMillis(20))))
                        .isInstanceOf(CancelledException.class)
                        .hasMessageContaining("0.02S");
            }
            Cancellation cancelled = new Cancellation();
            cancelled.cancel();
            assertThatThrownBy(() -> run.run(RunLimits.until(cancelled)))
                    .isInstanceOf(CancelledException.class)
                    .hasMessageContaining("was cancelled");
            Tensor square = Tensor.floats(new float[250_000], 500, 500);
            assertThatThrownBy(() -> model.run(Map.of("v0", square), RunLimits.within(Duration.ofMillis(20))))
                    .isInstanceOf(CancelledException.class);
        }
        try (OnnxModel model = load(TestModels.slow());
                BoundRun run = model.bind(2, 2)) {
            for (int i = 0; i < 100; i++) {
                try {
                    run.run(RunLimits.within(Duration.ofNanos(1)));
                } catch (CancelledException e) {
                    assertThat(e).hasMessageContaining("was ended after");
                }
                run.run(RunLimits.within(Duration.ofMinutes(1)));
            }
            run.run(RunLimits.within(Duration.ofSeconds(Long.MAX_VALUE)));
            run.run();
        }
    }

    @Test
    void cancellingFromAnotherThreadEndsARun() throws Exception {
        try (OnnxModel model = load(TestModels.slow());
                BoundRun run = model.bind(700, 700)) {
            Cancellation cancellation = new Cancellation();
            Future<?> running = executor.submit(() -> run.run(RunLimits.until(cancellation)));
            awaitRun(model);
            assertThatThrownBy(run::run).isInstanceOf(ConflictException.class).hasMessageContaining("another thread");
            cancellation.cancel();
            assertThatThrownBy(running::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CancelledException.class);
        }
    }

    @Test
    void closingTheModelEndsABoundRun() throws Exception {
        OnnxModel model = load(TestModels.slow());
        BoundRun run = model.bind(700, 700);
        Future<?> running = executor.submit(() -> run.run());
        awaitRun(model);
        Future<?> closer = executor.submit(run::close);
        model.close();
        assertThatThrownBy(running::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(CancelledException.class);
        closer.get();
        assertThat(model.runs()).isZero();
    }

    private static void awaitRun(OnnxModel model) throws InterruptedException {
        while (model.runs() == 0) {
            Thread.sleep(1);
        }
        Thread.sleep(20);
    }

    @Test
    void survivesAStormOfRunsBindingsLimitsAndClosing() throws Exception {
        for (int round = 0; round < 20; round++) {
            OnnxModel model = load(TestModels.relu());
            BoundRun shared = model.bind(1, 4);
            List<Future<Integer>> threads = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                int seed = thread;
                threads.add(executor.submit(() -> storm(model, shared, seed)));
            }
            Thread.sleep(10);
            if (round % 2 == 0) {
                shared.close();
            }
            model.close();
            for (Future<Integer> thread : threads) {
                assertThat(thread.get()).isNotNegative();
            }
        }
    }

    private static int storm(OnnxModel model, BoundRun shared, int seed) {
        for (int i = 0; ; i++) {
            float[] data = {seed, -i, i, -seed};
            try (BoundRun own = model.bind(1, 4)) {
                own.input("x").floats().put(0, data);
                own.run(i % 2 == 0 ? RunLimits.NONE : RunLimits.within(Duration.ofNanos(1 + i * 1_000L)));
                float[] given = new float[4];
                own.output("y").floats().get(0, given);
                assertThat(given).containsExactly(seed, 0, i, 0);
                shared.run();
            } catch (ConflictException | CancelledException e) {
                assertThat(e).hasMessageContaining("test.onnx");
            } catch (UnavailableException e) {
                if (!e.getMessage().contains("this bound run")) {
                    return i;
                }
            }
        }
    }
}
