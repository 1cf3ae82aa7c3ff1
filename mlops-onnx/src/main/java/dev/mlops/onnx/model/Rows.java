package dev.mlops.onnx.model;

import dev.mlops.api.error.InvalidInputException;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Puts the inputs of several calls together as rows of one. */
public final class Rows {
    private Rows() {}

    /**
     * Puts inputs one after another along the first dimension.
     *
     * @param inputs of each call a tensor for each input by name, one call at least
     * @return a tensor for each input by name
     * @throws InvalidInputException if names, element types or dimensions other than the first differ, or a tensor is a
     *     scalar; names the input
     */
    public static Map<String, Tensor> of(List<Map<String, Tensor>> inputs) {
        if (inputs.isEmpty()) {
            throw new InvalidInputException("inputs", inputs, "must be of one call at least");
        }
        Map<String, Tensor> together = new LinkedHashMap<>();
        for (String name : inputs.get(0).keySet()) {
            List<Tensor> parts = new ArrayList<>(inputs.size());
            for (Map<String, Tensor> each : inputs) {
                Tensor part = each.get(name);
                if (part == null || each.size() != inputs.get(0).size()) {
                    throw new InvalidInputException(
                            "inputs",
                            each.keySet(),
                            "must be those of the others, " + inputs.get(0).keySet());
                }
                parts.add(part);
            }
            together.put(name, concatenated(name, parts));
        }
        return together;
    }

    private static Tensor concatenated(String name, List<Tensor> parts) {
        Tensor first = parts.get(0);
        long rows = 0;
        for (Tensor part : parts) {
            check(name, part, first);
            rows += part.rawShape()[0];
        }
        long[] shape = first.shape();
        shape[0] = rows;
        Object all = Array.newInstance(first.rawElements().getClass().getComponentType(), Elements.count(shape));
        int at = 0;
        for (Tensor part : parts) {
            System.arraycopy(part.rawElements(), 0, all, at, part.size());
            at += part.size();
        }
        return Tensor.owning(first.elementType(), shape, all);
    }

    private static void check(String name, Tensor part, Tensor first) {
        long[] shape = part.rawShape();
        long[] expected = first.rawShape();
        boolean fits = shape.length > 0
                && shape.length == expected.length
                && part.elementType() == first.elementType()
                && Arrays.equals(shape, 1, shape.length, expected, 1, expected.length);
        if (!fits) {
            throw new InvalidInputException("input '" + name + "'", part, "cannot be rows together with " + first);
        }
    }
}
