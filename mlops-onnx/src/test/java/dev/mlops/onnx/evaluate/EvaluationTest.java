package dev.mlops.onnx.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.evaluate.Damages.Damage;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.pipeline.Stage;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EvaluationTest {
    private static final Labels LABELS = Labels.of(List.of("a", "b", "c", "d"));
    private static final Stage<Result, Tensor> Y = result -> result.tensor("y");

    private final OnnxModel relu = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);
    private final OnnxModel plus = OnnxModel.load("plus", TestModels.plus(1), OnnxOptions.DEFAULT);

    @AfterEach
    void close() {
        relu.close();
        plus.close();
    }

    /** The model says class i % 4; every tenth is of another class, and a number below 0 is of none. */
    private static Example<String> example(int i) {
        float[] scores = {0.1f, 0.1f, 0.1f, 0.1f};
        scores[Math.floorMod(i, 4)] = 0.7f;
        int truth = i % 10 == 0 ? i + 1 : i;
        String target = i < 0 ? "none" : LABELS.of(truth % 4);
        return new Example<>("number " + i, Map.of("x", Tensor.floats(scores, 1, 4)), target);
    }

    private ClassificationReport classify(Iterator<Integer> source, EvaluationOptions.Builder options) {
        return Evaluation.of(relu::run, options.build()).classify(source, EvaluationTest::example, Y, LABELS);
    }

    @Test
    void everyExampleIsRunOnceByAnyNumberOfThreads() {
        for (int threads : new int[] {1, 2, 5}) {
            ClassificationReport report = classify(
                    IntStream.range(0, 1003).iterator(),
                    EvaluationOptions.builder().batchSize(7).parallelism(threads));

            assertThat(report.confusion().total()).isEqualTo(1003);
            assertThat(report.accuracy()).isEqualTo(902 / 1003.0);
            assertThat(report.speed().runs()).isBetween(144L, 143L + threads);
            assertThat(report.speed().examplesPerSecond()).isPositive();
            assertThat(report.speed().p50())
                    .isPositive()
                    .isLessThanOrEqualTo(report.speed().max());
            assertThat(report.damages().count()).isZero();
        }
    }

    @Test
    void batchesAreRunTogetherAndBoundWhatIsInMemory() {
        AtomicInteger given = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Long> rows = new ArrayList<>();
        Evaluation evaluation = Evaluation.of(
                inputs -> {
                    int size = (int) inputs.get("x").shape()[0];
                    most.accumulateAndGet(given.get() - done.addAndGet(size) + size, Math::max);
                    synchronized (rows) {
                        rows.add((long) size);
                    }
                    return relu.run(inputs);
                },
                EvaluationOptions.builder().batchSize(10).parallelism(3).build());

        evaluation.classify(
                IntStream.range(0, 1000).iterator(),
                i -> {
                    given.incrementAndGet();
                    return example(i);
                },
                Y,
                LABELS);

        assertThat(rows).hasSize(100).containsOnly(10L);
        assertThat(most.get()).isLessThanOrEqualTo(30);
    }

    @Test
    void numbersAreEvaluatedToo() {
        RegressionReport report = Evaluation.of(plus::run, EvaluationOptions.DEFAULT)
                .regress(
                        IntStream.range(0, 100).iterator(),
                        i -> new Example<>(
                                "", Map.of("x", Tensor.floats(new float[] {i}, 1)), i + (i % 2 == 0 ? 3.0 : -1)),
                        Y);

        assertThat(report.examples()).isEqualTo(100);
        assertThat(report.mae()).isEqualTo(2);
        assertThat(report.rmse()).isEqualTo(2);
    }

    @Test
    void theFirstDamagedExampleEndsItByName() {
        assertThatThrownBy(() -> classify(List.of(1, 2, -3, 4).iterator(), EvaluationOptions.builder()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("example 'number -3'")
                .hasMessageContaining("none");
    }

    @Test
    void damagedExamplesAreCountedAndNamedUpToTheLimit() {
        List<Integer> source = List.of(1, -2, 3, -4, 5);

        ClassificationReport report = classify(
                source.iterator(), EvaluationOptions.builder().maxDamaged(2).batchSize(4));

        assertThat(report.confusion().total()).isEqualTo(3);
        assertThat(report.damages().count()).isEqualTo(2);
        assertThat(report.damages().first()).extracting(Damage::name).containsExactly("number -2", "number -4");
        assertThatThrownBy(() ->
                        classify(source.iterator(), EvaluationOptions.builder().maxDamaged(1)))
                .hasMessageContaining("number -4")
                .hasMessageContaining("maxDamaged 1");
    }

    @Test
    void whatCannotBePreparedOrReadIsDamagedToo() {
        Iterator<Integer> source = new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < 6;
            }

            @Override
            public Integer next() {
                if (next++ == 2) {
                    throw new IntegrityException("block 7 is damaged");
                }
                return next - 1;
            }
        };
        Stage<Integer, Example<String>> prepare = i -> {
            if (i == 4) {
                throw new IllegalArgumentException("no picture");
            }
            return example(i);
        };
        Evaluation evaluation = Evaluation.of(
                relu::run,
                EvaluationOptions.builder().maxDamaged(2).batchSize(3).build());

        ClassificationReport report = evaluation.classify(source, prepare, Y, LABELS);

        assertThat(report.confusion().total()).isEqualTo(4);
        assertThat(report.damages().first()).extracting(Damage::name).containsExactly("3", "5");
        assertThat(report.damages().first().get(0).reason()).contains("block 7");
        assertThat(report.damages().first().get(1).reason()).contains("stage 'prepare'", "no picture");
        assertThatThrownBy(() -> Evaluation.of(relu::run, EvaluationOptions.DEFAULT)
                        .classify(
                                List.of(1).iterator(),
                                i -> {
                                    throw new IntegrityException("bad");
                                },
                                Y,
                                LABELS))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("example '1'");
    }

    @Test
    void examplesOfOtherShapesAreRunByThemselves() {
        OnnxModel any = OnnxModel.load("any", TestModels.twoInputs(), OnnxOptions.DEFAULT);
        try (any) {
            RegressionReport report = Evaluation.of(
                            any::run, EvaluationOptions.builder().maxDamaged(9).build())
                    .regress(
                            List.of(1, 2, 1, 1).iterator(),
                            columns -> {
                                Tensor x = Tensor.floats(new float[columns], 1, columns);
                                return new Example<>("columns " + columns, Map.of("a", x, "b", x), 0.0);
                            },
                            result -> result.tensor("sum"));

            assertThat(report.examples()).isEqualTo(3);
            assertThat(report.damages().first()).extracting(Damage::name).containsExactly("columns 2");
        }
    }

    @Test
    void examplesOfNoRowsOrSeveralDoNotShiftTheOthers() {
        RegressionReport report = Evaluation.of(
                        plus::run, EvaluationOptions.builder().maxDamaged(9).build())
                .regress(
                        List.of(1, 2, 0, 1).iterator(),
                        rows -> new Example<>("rows " + rows, Map.of("x", Tensor.floats(new float[rows], rows)), 1.0),
                        Y);

        assertThat(report.examples()).isEqualTo(2);
        assertThat(report.damages().first()).extracting(Damage::name).containsExactly("rows 2", "rows 0");
    }

    @Test
    void nothingToEvaluateIsRefused() {
        assertThatThrownBy(() -> classify(List.<Integer>of().iterator(), EvaluationOptions.builder()))
                .hasMessageContaining("one that is whole");
        assertThatThrownBy(() -> classify(
                        List.of(-1).iterator(), EvaluationOptions.builder().maxDamaged(5)))
                .hasMessageContaining("1 damaged");
        assertThatThrownBy(() -> EvaluationOptions.builder().batchSize(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> EvaluationOptions.builder().parallelism(0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> EvaluationOptions.builder().maxDamaged(-1)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aClosedModelEndsIt() {
        relu.close();
        assertThatThrownBy(() -> classify(
                        IntStream.range(0, 1000).iterator(),
                        EvaluationOptions.builder().maxDamaged(1000).parallelism(3)))
                .isInstanceOf(UnavailableException.class);
    }

    /** A source without an end. */
    private static Iterator<Integer> endless() {
        return IntStream.iterate(0, i -> (i + 1) % 1000).iterator();
    }

    @Test
    void cancellingEndsIt() {
        Cancellation cancellation = new Cancellation();
        EvaluationOptions.Builder options = EvaluationOptions.builder()
                .cancellation(cancellation)
                .parallelism(3)
                .progress(progress -> cancellation.cancel());

        assertThatThrownBy(() -> classify(endless(), options)).isInstanceOf(CancelledException.class);
    }

    @Test
    void cancellingEndsItAlsoIfNothingCanBeRead() {
        Cancellation cancellation = new Cancellation();
        AtomicInteger asked = new AtomicInteger();
        Iterator<Integer> damaged = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Integer next() {
                if (asked.incrementAndGet() == 100) {
                    cancellation.cancel();
                }
                throw new IntegrityException("damaged");
            }
        };

        assertThatThrownBy(() -> classify(
                        damaged, EvaluationOptions.builder().maxDamaged(100_000).cancellation(cancellation)))
                .isInstanceOf(CancelledException.class);
        assertThat(asked).hasValue(100);
    }

    @Test
    void interruptingTheCallerEndsIt() {
        Thread caller = Thread.currentThread();
        EvaluationOptions.Builder options =
                EvaluationOptions.builder().parallelism(3).progress(progress -> caller.interrupt());

        assertThatThrownBy(() -> classify(endless(), options)).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** Throws a checked exception that nothing declares, as sources in other languages do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the compiler is to be deceived
    private static <E extends Exception> void throwAny(Exception exception) throws E {
        throw (E) exception;
    }

    @Test
    void whatTheSourceThrowsUndeclaredEndsItOnAnyThread() {
        for (int threads : new int[] {1, 2, 4}) {
            assertThatThrownBy(() -> Evaluation.of(
                                    relu::run,
                                    EvaluationOptions.builder()
                                            .batchSize(2)
                                            .parallelism(threads)
                                            .build())
                            .classify(
                                    IntStream.range(0, 100).iterator(),
                                    i -> {
                                        if (i == 50) {
                                            EvaluationTest.<RuntimeException>throwAny(new IOException("pipe closed"));
                                        }
                                        return example(i);
                                    },
                                    Y,
                                    LABELS))
                    .isInstanceOf(IllegalStateException.class)
                    .cause()
                    .isInstanceOf(IOException.class)
                    .hasMessage("pipe closed");
        }
    }

    @Test
    void aListenerThatThrowsEndsIt() {
        EvaluationOptions.Builder options = EvaluationOptions.builder()
                .parallelism(2)
                .maxDamaged(1000)
                .progress(progress -> {
                    throw new InvalidInputException("progress", progress, "enough");
                });

        assertThatThrownBy(() -> classify(endless(), options)).hasMessageContaining("enough");
    }

    @Test
    void progressIsToldInExamples() {
        List<Progress> told = new ArrayList<>();

        classify(
                List.of(1, 2, -3).iterator(),
                EvaluationOptions.builder().total(3).maxDamaged(1).progress(told::add));

        assertThat(told).last().satisfies(progress -> {
            assertThat(progress.doneItems()).isEqualTo(3);
            assertThat(progress.totalItems()).isEqualTo(3);
        });
    }
}
