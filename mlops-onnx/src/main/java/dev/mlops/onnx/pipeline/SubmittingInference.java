package dev.mlops.onnx.pipeline;

import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Inference by something that can be asked in both ways. */
record SubmittingInference(
        Function<Map<String, Tensor>, Result> running,
        Function<Map<String, Tensor>, CompletableFuture<Result>> submitting)
        implements Inference {
    @Override
    public Result run(Map<String, Tensor> inputs) {
        return running.apply(inputs);
    }

    @Override
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return submitting.apply(inputs);
    }
}
