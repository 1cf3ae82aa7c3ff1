package dev.mlops.onnx.pipeline;

import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;

/**
 * Preprocessing, inference and postprocessing as one call. Thread-safe if its stages are; closes nothing.
 *
 * <p>What fails names the stage, as {@link Stage#named} says: {@code infer} for the model, {@code preprocess} and {@code
 * postprocess} for stages that have no name of their own.
 *
 * <pre>{@code
 * Pipeline<byte[], List<Score>> classifier = Pipeline.of(
 *         Images.decode()
 *                 .then(Images.resizeShorter(256))
 *                 .then(Images.centerCrop(224, 224))
 *                 .then(Images.divide(255))
 *                 .then(Images.normalise(mean, std))
 *                 .then(image -> Map.of("pixels", Images.floats(Layout.NCHW).apply(List.of(image)))),
 *         model::run,
 *         Stage.<Result, Tensor>of("scores", result -> result.tensor("logits"))
 *                 .then(Scores.softmax())
 *                 .then(Scores.topK(5, labels))
 *                 .then(Stage.only()));
 * List<Score> five = classifier.run(jpeg);
 * }</pre>
 *
 * @param <I> what it takes
 * @param <O> what it gives
 */
public final class Pipeline<I, O> {
    private static final String INFER = "infer";

    private final Inference inference;
    private final Stage<I, Prepared<O>> preprocess;

    private Pipeline(Stage<I, Prepared<O>> preprocess, Inference inference) {
        this.preprocess = preprocess;
        this.inference = inference;
    }

    /** The inputs of the model, and what is to be done with its result. */
    private record Prepared<O>(Map<String, Tensor> inputs, Stage<Result, O> postprocess) {}

    /**
     * A pipeline of three stages.
     *
     * @param preprocess makes the tensors of all inputs by name
     * @param inference runs the model
     * @param postprocess reads the result
     */
    public static <I, O> Pipeline<I, O> of(
            Stage<I, Map<String, Tensor>> preprocess, Inference inference, Stage<Result, O> postprocess) {
        Stage<I, Map<String, Tensor>> before = StageNames.orNamed("preprocess", preprocess);
        Stage<Result, O> after = StageNames.orNamed("postprocess", postprocess);
        return new Pipeline<>(input -> new Prepared<>(before.apply(input), after), inference);
    }

    /**
     * A pipeline whose postprocessing needs what was prepared too, such as how an image was made to fit.
     *
     * @param prepare prepares the input
     * @param toInputs makes the tensors of all inputs by name from what was prepared
     * @param inference runs the model
     * @param postprocess reads the result, given what was prepared
     */
    public static <I, C, O> Pipeline<I, O> of(
            Stage<I, C> prepare,
            Stage<C, Map<String, Tensor>> toInputs,
            Inference inference,
            BiFunction<C, Result, O> postprocess) {
        Stage<I, C> first = StageNames.orNamed("prepare", prepare);
        Stage<C, Map<String, Tensor>> second = StageNames.orNamed("preprocess", toInputs);
        return new Pipeline<>(
                input -> {
                    C prepared = first.apply(input);
                    Stage<Result, O> after = result -> postprocess.apply(prepared, result);
                    return new Prepared<>(second.apply(prepared), after.named("postprocess"));
                },
                inference);
    }

    /** Runs all stages in the caller's thread. */
    public O run(I input) {
        Prepared<O> prepared = preprocess.apply(input);
        return prepared.postprocess.apply(infer(prepared.inputs));
    }

    private Result infer(Map<String, Tensor> inputs) {
        try {
            return inference.run(inputs);
        } catch (RuntimeException e) {
            throw StageNames.failure(INFER, inputs, e);
        }
    }

    /**
     * Runs the preprocessing and the postprocessing by an executor, and submits to the inference in between, so that
     * with {@link Inference#batching} no thread waits for the model.
     *
     * @return fails with what {@link #run} throws
     */
    public CompletableFuture<O> submit(I input, Executor executor) {
        return CompletableFuture.supplyAsync(() -> preprocess.apply(input), executor)
                .thenCompose(prepared ->
                        submit(prepared.inputs).thenApplyAsync(result -> prepared.postprocess.apply(result), executor));
    }

    private CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return submitted(inputs).handle((result, failure) -> {
            if (failure == null) {
                return result;
            }
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            throw cause instanceof RuntimeException e
                    ? StageNames.failure(INFER, inputs, e)
                    : new CompletionException(cause);
        });
    }

    private CompletableFuture<Result> submitted(Map<String, Tensor> inputs) {
        try {
            return inference.submit(inputs);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
