package dev.mlops.onnx.pipeline;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Whatever runs a model: {@code model::run} of an {@code OnnxModel} or a {@code ModelRouter}, {@link
 * #batching(BatchingModel)}, or a function of your own. Thread-safe.
 */
@FunctionalInterface
public interface Inference {
    /**
     * Runs the model.
     *
     * @param inputs a tensor for each input by name
     * @throws InvalidInputException if the inputs do not fit or the model fails on them
     * @throws UnavailableException if it is closed or takes no more at the moment
     * @throws CancelledException if the run was ended
     */
    Result run(Map<String, Tensor> inputs);

    /**
     * Runs the model without waiting where it can; this one runs it before it returns.
     *
     * @return fails with what {@link #run} throws, which this may also throw at once
     */
    default CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return CompletableFuture.completedFuture(run(inputs));
    }

    /** By the models that serve in a router; does not hold up who submits if the router batches. */
    static Inference routing(ModelRouter router) {
        return new SubmittingInference(router::run, router::submit);
    }

    /** By a model that runs the rows of many callers together, and does not hold up who submits. */
    static Inference batching(BatchingModel model) {
        return new SubmittingInference(model::run, model::submit);
    }
}
