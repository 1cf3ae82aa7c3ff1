package dev.mlops.api.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /**
     * Why a program that was written for {@code before} cannot use a model with this signature in its place; empty if it
     * can. Inputs must be the same and take every shape that they took; outputs must be there with the same types and
     * shapes, where more outputs and sizes that were open do not matter.
     */
    public List<String> incompatibilitiesWith(Signature before) {
        List<String> reasons = new ArrayList<>();
        for (ValueSpec old : before.inputs) {
            Optional<ValueSpec> now = input(old.name());
            if (now.isEmpty()) {
                reasons.add("input '" + old + "' is gone");
            } else if (!isSameType(old, now.get()) || !takes(now.get().shape(), old.shape())) {
                reasons.add("input '" + old + "' is '" + now.get() + "'");
            }
        }
        for (ValueSpec now : inputs) {
            if (before.input(now.name()).isEmpty()) {
                reasons.add("input '" + now + "' is new");
            }
        }
        for (ValueSpec old : before.outputs) {
            Optional<ValueSpec> now = output(old.name());
            if (now.isEmpty()) {
                reasons.add("output '" + old + "' is gone");
            } else if (!isSameType(old, now.get())
                    || !takes(old.shape(), now.get().shape())) {
                reasons.add("output '" + old + "' is '" + now.get() + "'");
            }
        }
        return reasons;
    }

    private static boolean isSameType(ValueSpec one, ValueSpec other) {
        return one.kind() == other.kind() && one.elementType() == other.elementType();
    }

    /** True if whoever takes values of the one shape can take all values of the other. */
    private static boolean takes(@Nullable List<Dimension> taken, @Nullable List<Dimension> given) {
        if (taken == null || given == null) {
            return taken == null;
        }
        boolean fits = taken.size() == given.size();
        for (int i = 0; fits && i < taken.size(); i++) {
            Dimension each = given.get(i);
            fits = taken.get(i).isOpen()
                    || (!each.isOpen() && each.size() == taken.get(i).size());
        }
        return fits;
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
