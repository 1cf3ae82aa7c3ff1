package dev.mlops.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a model takes and gives.
 *
 * @param inputs the inputs that a caller must or may give, in the model's order; initializers are not among them
 * @param outputs the outputs, in the model's order
 * @param producer the program that wrote the model with its version, or an empty text
 * @param opsets the operator sets that it imports, by domain ({@code ""} is {@code ai.onnx})
 * @param metadata the model's own key-value metadata
 */
public record Signature(
        List<ValueSpec> inputs,
        List<ValueSpec> outputs,
        String producer,
        Map<String, Long> opsets,
        Map<String, String> metadata) {
    /** Copies the collections. */
    public Signature {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        opsets = Map.copyOf(opsets);
        metadata = Map.copyOf(metadata);
    }

    /** The input with this name. */
    public Optional<ValueSpec> input(String name) {
        return inputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    /** The output with this name. */
    public Optional<ValueSpec> output(String name) {
        return outputs.stream().filter(spec -> spec.name().equals(name)).findFirst();
    }

    /** Such as {@code (pixels: FLOAT[batch,64]) → (probabilities: FLOAT[batch,10])}. */
    @Override
    public String toString() {
        return "(" + join(inputs) + ") → (" + join(outputs) + ")";
    }

    private static String join(List<ValueSpec> specs) {
        return String.join(", ", specs.stream().map(ValueSpec::toString).toList());
    }
}
