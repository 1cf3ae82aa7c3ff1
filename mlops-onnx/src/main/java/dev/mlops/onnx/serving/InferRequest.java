package dev.mlops.onnx.serving;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
 * @param isBinary whether outputs are given as binary data if nothing else is said of one
 */
record InferRequest(
        @Nullable String id,
        @Nullable ObjectNode parameters,
        Map<String, Tensor> inputs,
        List<Output> outputs,
        boolean isBinary) {
    /**
     * An output that is wanted.
     *
     * @param isBinary whether it is given as binary data; null for what the request says
     * @param classes how many of the highest values are given in its place, each as text with its index; 0 for the output
     *     itself
     */
    record Output(String name, @Nullable Boolean isBinary, int classes) {}

    /** The names of the outputs that are wanted; empty for all. */
    List<String> outputNames() {
        return outputs.stream().map(Output::name).toList();
    }
}
