package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes tensors of numbers, booleans, texts, and arrays and lists of them, as deep as you like, by what a model takes. A
 * value that is as deep as the input has dimensions is the whole tensor; one that is less deep is a single row, nested or
 * with all elements one after another. Every element is looked at, so use {@link Tensor} itself where that counts.
 *
 * <pre>{@code
 * model.run(PlainInputs.of(model.signature(), Map.of("age", 41, "weights", List.of(0.5, 1.5))));
 * }</pre>
 */
public final class PlainInputs {
    private PlainInputs() {}

    /**
     * Makes the tensors.
     *
     * @param values a value for each input by name; a {@link Tensor} is taken as it is
     * @throws InvalidInputException if a name is unknown, or a value is ragged or does not fit the element type or the
     *     dimensions; names the input. That none is missing is left to the run
     */
    public static Map<String, Tensor> of(Signature signature, Map<String, ?> values) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            ValueSpec spec = signature
                    .input(name)
                    .orElseThrow(() -> new InvalidInputException(
                            "input", name, "is not among those of the model, " + signature.inputs()));
            tensors.put(name, value instanceof Tensor tensor ? tensor : tensor(spec, value));
        });
        return tensors;
    }

    private static Tensor tensor(ValueSpec spec, Object value) {
        String field = "input '" + spec.name() + "'";
        int rank = Nested.rank(field, value);
        Fit fit = Fit.of(field, spec, rank);
        ElementBuffer buffer = new ElementBuffer(field, spec);
        long[] shape = Nested.add(field, value, rank, buffer);
        return buffer.tensor(fit.tensorShape(field, spec, shape, 1));
    }
}
