package dev.mlops.onnx.pipeline;

import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Runs whatever model serves. */
record RoutingInference(ModelRouter router) implements Inference {
    @Override
    public Result run(Map<String, Tensor> inputs) {
        return router.run(inputs);
    }

    @Override
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return router.submit(inputs);
    }
}
