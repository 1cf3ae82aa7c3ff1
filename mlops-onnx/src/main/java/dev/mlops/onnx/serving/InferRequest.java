package dev.mlops.onnx.serving;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mlops.onnx.model.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An inference request.
 *
 * @param id what the client calls it; null if it has no name
 * @param parameters what the client added, to be given back; null if nothing
 * @param inputs the tensors by name
 * @param outputs the outputs that are wanted; empty for all
 */
record InferRequest(
        @Nullable String id, @Nullable JsonNode parameters, Map<String, Tensor> inputs, List<String> outputs) {}
