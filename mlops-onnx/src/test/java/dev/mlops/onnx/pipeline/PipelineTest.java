package dev.mlops.onnx.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.classification.Labels;
import dev.mlops.onnx.classification.Score;
import dev.mlops.onnx.classification.Scores;
import dev.mlops.onnx.image.Images;
import dev.mlops.onnx.image.Layout;
import dev.mlops.onnx.image.Pixels;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.testing.TestModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipelineTest {
    private final ExecutorService executor = Executors.newFixedThreadPool(3);
    private final OnnxModel model = OnnxModel.load("relu", TestModels.relu(), OnnxOptions.DEFAULT);

    @AfterEach
    void close() throws InterruptedException {
        executor.shutdownNow();
        assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        model.close();
    }

    private static Map<String, Tensor> row(float... values) {
        return Map.of("x", Tensor.floats(values, 1, 4));
    }

    private static Pipeline<float[], float[]> relu(Inference inference) {
        return Pipeline.of(PipelineTest::row, inference, result -> result.floats("y"));
    }

    @Test
    void stagesAreRunOneAfterAnother() {
        assertThat(relu(model::run).run(new float[] {-1, 2, -3, 4})).containsExactly(0, 2, 0, 4);
        Stage<Integer, String> stage = ((Stage<Integer, Integer>) number -> number + 1).then(Integer::toBinaryString);
        assertThat(stage.each().apply(List.of(3, 4))).containsExactly("100", "101");
        assertThat(Stage.<String>only().apply(List.of("a"))).isEqualTo("a");
        assertThatThrownBy(() -> Stage.<String>only().apply(List.of())).hasMessageContaining("stage 'only'");
    }

    @Test
    void imagesAreClassifiedInOneTensor() {
        Stage<List<Pixels>, Tensor> toTensor = Images.divide(2)
                .each()
                .then(Images.floats(Layout.NHWC))
                .then(tensor -> Tensor.floats(tensor.floats(), tensor.shape()[0], 4));
        Pipeline<List<Pixels>, List<List<Score>>> classifier = Pipeline.of(
                toTensor.then(tensor -> Map.of("x", tensor)),
                model::run,
                Stage.<Result, Tensor>of("scores", result -> result.tensor("y"))
                        .then(Scores.topK(1, Labels.of(List.of("a", "b", "c", "d")))));

        List<List<Score>> scores = classifier.run(List.of(
                Pixels.bytes(new byte[] {2, 4, 8, 6}, 2, 2, 1), Pixels.bytes(new byte[] {9, 4, 8, 6}, 2, 2, 1)));

        assertThat(scores).containsExactly(List.of(new Score("c", 2, 4)), List.of(new Score("a", 0, 4.5f)));
    }

    @Test
    void whatWasPreparedIsThereAfterwards() {
        Pipeline<Integer, String> pipeline = Pipeline.of(
                number -> number * 10,
                (Integer prepared) -> row(prepared, 0, 0, -prepared),
                model::run,
                (prepared, result) -> prepared + " " + result.floats("y")[0]);

        assertThat(pipeline.run(3)).isEqualTo("30 30.0");
    }

    @Test
    void routersRunPipelinesToo() {
        try (ModelRouter router = ModelRouter.of(OnnxModel.load("first", TestModels.relu(), OnnxOptions.DEFAULT))) {
            Pipeline<float[], float[]> pipeline = relu(router::run);
            assertThat(pipeline.run(new float[] {1, 2, 3, -4})).containsExactly(1, 2, 3, 0);

            router.swap(() -> OnnxModel.load("second", TestModels.relu(), OnnxOptions.DEFAULT), 1);
            assertThat(pipeline.run(new float[] {1, 2, 3, -4})).containsExactly(1, 2, 3, 0);
        }
    }

    @Test
    void submittedInputsAreRunTogether() {
        try (BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            Pipeline<float[], float[]> pipeline = relu(Inference.batching(batching));
            List<CompletableFuture<float[]>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(pipeline.submit(new float[] {i, -i, 1, 0}, executor));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(answers.get(i).join()).containsExactly(i, -0f + 0, 1, 0);
            }
            assertThat(pipeline.run(new float[] {5, 0, 0, 0})).containsExactly(5, 0, 0, 0);
        }
        assertThat(relu(model::run).submit(new float[] {1, 0, 0, 0}, executor).join())
                .containsExactly(1, 0, 0, 0);
    }

    @Test
    void failuresNameTheStage() {
        Stage<float[], Map<String, Tensor>> broken = input -> {
            throw new IllegalArgumentException("no such thing");
        };
        assertThatThrownBy(() -> Pipeline.of(broken, model::run, Result::names).run(new float[3]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'preprocess' on 'float[3]'")
                .hasMessageContaining("no such thing")
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Pipeline.of(broken.named("tokens"), model::run, Result::names)
                        .run(new float[3]))
                .hasMessageStartingWith("stage 'tokens'");
        assertThatThrownBy(() -> Pipeline.of(
                                input -> Map.of("z", Tensor.floats(new float[1])), model::run, Result::names)
                        .run(new float[3]))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'infer' on '[z]'");
        assertThatThrownBy(
                        () -> Pipeline.<float[], float[]>of(PipelineTest::row, model::run, result -> result.floats("q"))
                                .run(new float[4]))
                .hasMessageContaining("stage 'postprocess'")
                .hasMessageContaining("q");
    }

    @Test
    void aStageThatGivesNullIsFoundByTheNext() {
        Stage<String, String> broken = input -> null;

        assertThatThrownBy(() -> broken.then(Stage.of("trim", String::trim)).apply("x"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'trim' on is null")
                .hasCauseInstanceOf(NullPointerException.class);
    }

    @Test
    void submittedFailuresNameTheStageToo() {
        Pipeline<float[], float[]> pipeline = relu(model::run);
        assertThatThrownBy(() -> pipeline.submit(new float[3], executor).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stage 'preprocess'");
        BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT);
        batching.close();
        assertThatThrownBy(() -> relu(Inference.batching(batching))
                        .submit(new float[4], executor)
                        .join())
                .cause()
                .isInstanceOf(UnavailableException.class)
                .hasMessageStartingWith("stage 'infer'");
        model.close();
        assertThatThrownBy(() -> pipeline.submit(new float[4], executor).join())
                .cause()
                .isInstanceOf(UnavailableException.class)
                .hasMessageStartingWith("stage 'infer'");
        assertThatThrownBy(() -> Pipeline.<float[], List<String>>of(PipelineTest::row, failing(), Result::names)
                        .submit(new float[4], executor)
                        .join())
                .cause()
                .isInstanceOf(CancelledException.class)
                .hasMessage("stage 'infer': later");
    }

    /** Fails in its future, as a batch does. */
    private static Inference failing() {
        return new Inference() {
            @Override
            public Result run(Map<String, Tensor> inputs) {
                throw new CancelledException("now");
            }

            @Override
            public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
                return CompletableFuture.failedFuture(new CancelledException("later"));
            }
        };
    }

    @Test
    void whoCanRetryIsToldSo() {
        assertThat(thrownBy(new UnavailableException("busy")))
                .isInstanceOf(UnavailableException.class)
                .hasMessage("stage 'load': busy");
        assertThat(thrownBy(new CancelledException("stopped"))).isInstanceOf(CancelledException.class);
        assertThat(thrownBy(new IntegrityException("damaged"))).isInstanceOf(IntegrityException.class);
        ConflictException conflict = new ConflictException("changed");
        assertThat(thrownBy(conflict)).isSameAs(conflict);
    }

    private static Throwable thrownBy(RuntimeException failure) {
        Stage<String, String> stage = Stage.of("load", input -> {
            throw failure;
        });
        try {
            return new AssertionError("gave " + stage.apply("x"));
        } catch (RuntimeException e) {
            return e;
        }
    }
}
