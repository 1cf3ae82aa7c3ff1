package dev.mlops.onnx.batching;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The shape of one row of each input of a model whose rows can be run together. */
final class RowShapes {
    /** By input, with the 1 of the batch dimension. */
    private final Map<String, long[]> shapes = new LinkedHashMap<>();

    /**
     * Finds the shapes.
     *
     * @param given shapes of rows where the signature leaves them open, without the batch dimension
     * @throws InvalidInputException if the model cannot be batched, or what is given does not fit it
     */
    RowShapes(Signature signature, Map<String, List<Long>> given) {
        signature.outputs().forEach(output -> checkRows("output", output));
        for (ValueSpec input : signature.inputs()) {
            shapes.put(input.name(), shape(input, checkRows("input", input), given.get(input.name())));
        }
        for (String name : given.keySet()) {
            if (!shapes.containsKey(name)) {
                throw new InvalidInputException(
                        "rowShape", name, "is not among the inputs of the model, " + shapes.keySet());
            }
        }
    }

    private static long[] shape(ValueSpec input, List<Dimension> dimensions, @Nullable List<Long> given) {
        if (given != null && given.size() != dimensions.size() - 1) {
            throw refusal(input, "a row shape of %s has not its %d dimensions".formatted(given, dimensions.size() - 1));
        }
        long[] shape = new long[dimensions.size()];
        shape[0] = 1;
        for (int i = 1; i < shape.length; i++) {
            Dimension dimension = dimensions.get(i);
            if (given == null && dimension.isOpen()) {
                throw refusal(input, "dimension %d is open too, and no rowShape tells its size".formatted(i));
            }
            shape[i] = given == null ? dimension.size() : given.get(i - 1);
            if (!dimension.isOpen() && dimension.size() != shape[i]) {
                throw refusal(input, "a row shape of " + given + " does not fit");
            }
        }
        return shape;
    }

    private static InvalidInputException refusal(ValueSpec input, String reason) {
        return new InvalidInputException("input '" + input.name() + "'", input, "cannot be batched: " + reason);
    }

    private static List<Dimension> checkRows(String kind, ValueSpec spec) {
        List<Dimension> dimensions = spec.shape();
        if (dimensions == null || dimensions.isEmpty() || !dimensions.get(0).isOpen()) {
            throw new InvalidInputException(
                    kind + " '" + spec.name() + "'", spec, "cannot be batched: it has no open first dimension");
        }
        return dimensions;
    }

    /** The shapes of so many rows. */
    Map<String, long[]> of(int rows) {
        Map<String, long[]> batch = new LinkedHashMap<>();
        shapes.forEach((name, row) -> {
            long[] shape = row.clone();
            shape[0] = rows;
            batch.put(name, shape);
        });
        return batch;
    }

    /** How many elements the rows of all inputs have together. */
    int length() {
        int length = 1;
        for (long[] shape : shapes.values()) {
            for (long size : shape) {
                length = Math.toIntExact(length * size);
            }
        }
        return length;
    }

    /** Counts the rows of a request, whose tensors fit the signature. */
    long count(Map<String, Tensor> inputs) {
        long rows = -1;
        for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
            long[] found = input.getValue().shape();
            if (rows >= 0 && found[0] != rows) {
                throw refusal(input, "must have " + rows + " rows as the others");
            }
            rows = found[0];
            long[] wanted = Objects.requireNonNull(shapes.get(input.getKey())).clone();
            wanted[0] = rows;
            if (!Arrays.equals(found, wanted)) {
                throw refusal(input, "must be padded to " + Arrays.toString(wanted));
            }
        }
        return rows;
    }

    private static InvalidInputException refusal(Map.Entry<String, Tensor> input, String reason) {
        return new InvalidInputException("input '" + input.getKey() + "'", input.getValue(), reason);
    }
}
