package dev.mlops.examples;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values for some inputs of a model, as text.
 *
 * @param byName the values of each input
 */
record InputValues(Map<String, List<String>> byName) {
    InputValues {
        byName = Map.copyOf(byName);
    }

    /** Reads texts such as {@code pixels=0.5,1,0}. */
    static InputValues parse(List<String> texts) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw new InvalidInputException("--input", text, "must be name=value,value…");
            }
            byName.put(
                    text.substring(0, equals),
                    List.of(text.substring(equals + 1).split(",", -1)));
        }
        return new InputValues(byName);
    }

    /** A tensor for each input of a model: of the values if there are some, else of zeros. */
    Map<String, Tensor> tensors(Signature signature) {
        List<String> known = signature.inputs().stream().map(ValueSpec::name).toList();
        for (String name : byName.keySet()) {
            if (!known.contains(name)) {
                throw new InvalidInputException("--input", name, "is none of the model's inputs " + known);
            }
        }
        ShapeGuess shapes = new ShapeGuess();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (ValueSpec spec : signature.inputs()) {
            List<String> values = byName.get(spec.name());
            if (values != null) {
                tensors.put(spec.name(), given(spec, values, shapes));
            }
        }
        for (ValueSpec spec : signature.inputs()) {
            tensors.computeIfAbsent(spec.name(), name -> zeros(spec, shapes));
        }
        return tensors;
    }

    private static Tensor given(ValueSpec spec, List<String> values, ShapeGuess shapes) {
        long[] shape = shapes.of(spec, values.size());
        if (ShapeGuess.elements(shape) != values.size()) {
            String problem = "are %d values, which do not fill %s".formatted(values.size(), spec);
            throw new InvalidInputException("values of " + spec.name(), values, problem);
        }
        return TextTensors.parse(spec, values::get, values.size(), shape);
    }

    private static Tensor zeros(ValueSpec spec, ShapeGuess shapes) {
        long[] shape = shapes.of(spec, 0);
        String zero = spec.elementType() == ElementType.STRING ? "" : "0";
        return TextTensors.parse(spec, i -> zero, Math.toIntExact(ShapeGuess.elements(shape)), shape);
    }
}
