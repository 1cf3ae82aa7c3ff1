package dev.mlops.onnx.routing;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.batching.RequestOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A model that gets a share of the calls.
 *
 * @param batching runs its calls together; null if each is run by itself
 * @param percent the share
 */
record Arm(OnnxModel model, @Nullable BatchingModel batching, int percent) {
    static Arm of(OnnxModel model, @Nullable BatchOptions options, int percent) {
        return new Arm(model, options == null ? null : BatchingModel.of(model, options), percent);
    }

    Arm withPercent(int share) {
        return new Arm(model, batching, share);
    }

    /** A run with limits is made by itself, as it could not be ended without its batch. */
    Result run(Map<String, ? extends Value> inputs, RunLimits limits) {
        return batching == null || !limits.equals(RunLimits.NONE)
                ? model.run(inputs, limits)
                : batching.run(tensors(inputs));
    }

    CompletableFuture<Result> submit(Map<String, ? extends Value> inputs, RequestOptions how) {
        return batching == null
                ? CompletableFuture.completedFuture(model.run(inputs))
                : batching.submit(tensors(inputs), how);
    }

    @SuppressWarnings("unchecked") // each was seen to be a tensor
    private static Map<String, Tensor> tensors(Map<String, ? extends Value> inputs) {
        inputs.forEach((name, value) -> {
            if (!(value instanceof Tensor)) {
                throw new InvalidInputException("input '" + name + "'", value, "must be a tensor: calls are batched");
            }
        });
        return (Map<String, Tensor>) inputs;
    }

    /** Lets nothing in any more, and closes the model when what came is answered, or after the time. */
    void drain(Duration grace) {
        if (batching != null) {
            batching.close();
        }
        model.drain(grace);
    }

    void close() {
        if (batching != null) {
            batching.close();
        }
        model.close();
    }
}
