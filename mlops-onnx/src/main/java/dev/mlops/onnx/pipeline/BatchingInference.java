package dev.mlops.onnx.pipeline;

import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Inference with the rows of many callers together. */
record BatchingInference(BatchingModel model) implements Inference {
    @Override
    public Result run(Map<String, Tensor> inputs) {
        return model.run(inputs);
    }

    @Override
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return model.submit(inputs);
    }
}
