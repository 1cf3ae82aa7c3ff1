package dev.mlops.onnx.routing;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** First runs of a model, which take longer than later ones: ONNX Runtime plans its memory for each shape. */
final class WarmUp {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);

    private final OnnxModel model;
    private final Map<String, List<Long>> rowShapes;

    /** By {@code rowShapes}, the sizes of dimensions after the first of some inputs; others that are open are 1. */
    WarmUp(OnnxModel model, Map<String, List<Long>> rowShapes) {
        this.model = model;
        this.rowShapes = rowShapes;
    }

    /**
     * Runs the model once with each number of rows and zeros in all inputs. Other inputs than tensors get small values,
     * as far as the signature tells what they may be; a model that fails on these is left as it is.
     *
     * @throws InvalidInputException if a number is not positive, or a model that takes tensors only fails on zeros
     */
    void run(int... rows) {
        for (int each : rows) {
            if (each < 1) {
                throw new InvalidInputException("warmUpRows", each, "must be positive");
            }
            Map<String, Value> tensors = tensors(each);
            if (tensors.size() == model.signature().inputs().size()) {
                model.run(tensors);
            } else {
                runGuessed(tensors, each);
            }
        }
    }

    private void runGuessed(Map<String, Value> tensors, int rows) {
        Map<String, Value> inputs = new HashMap<>(tensors);
        for (ValueSpec input : others()) {
            List<Value> values = SmallValues.of(input, rows);
            if (!values.isEmpty()) {
                inputs.put(input.name(), values.get(values.size() - 1));
            }
        }
        Map<String, Value> empty = Map.copyOf(inputs);
        for (ValueSpec input : others()) {
            SmallValues.of(input, rows).stream()
                    .filter(value -> isTaken(empty, input, value))
                    .findFirst()
                    .ifPresent(value -> inputs.put(input.name(), value));
        }
        InvalidInputException failure = failure(inputs);
        if (failure != null && failure(empty) != null) {
            log.warn(
                    "the ONNX model {} was not warmed up with {} rows: it takes other inputs than tensors, of which the"
                            + " signature does not tell all, and failed on small values of them; {}",
                    model.name(),
                    rows,
                    failure.getMessage());
        }
    }

    private List<ValueSpec> others() {
        return model.signature().inputs().stream()
                .filter(input -> input.kind() != ValueKind.TENSOR)
                .toList();
    }

    private boolean isTaken(Map<String, Value> inputs, ValueSpec input, Value value) {
        Map<String, Value> changed = new HashMap<>(inputs);
        changed.put(input.name(), value);
        try {
            model.check(changed);
            return true;
        } catch (InvalidInputException e) {
            return false;
        }
    }

    private @Nullable InvalidInputException failure(Map<String, Value> inputs) {
        try {
            model.run(inputs);
            return null;
        } catch (InvalidInputException e) {
            return e;
        }
    }

    private Map<String, Value> tensors(int rows) {
        Map<String, Long> sizes = new HashMap<>();
        Map<String, Value> tensors = new HashMap<>();
        for (ValueSpec input : model.signature().inputs()) {
            ElementType type = input.elementType();
            if (input.kind() == ValueKind.TENSOR && type != null) {
                tensors.put(input.name(), Tensor.zeros(type, shape(input, rows, sizes)));
            }
        }
        return tensors;
    }

    private long[] shape(ValueSpec input, int rows, Map<String, Long> sizes) {
        List<Dimension> dimensions = input.shape();
        if (dimensions == null) {
            return new long[] {rows};
        }
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            Dimension dimension = dimensions.get(i);
            long open = i == 0 ? rows : rowSize(input, i, shape.length);
            String symbol = dimension.symbol();
            shape[i] = dimension.isOpen()
                    ? symbol == null ? open : sizes.computeIfAbsent(symbol, unseen -> open)
                    : dimension.size();
        }
        return shape;
    }

    private long rowSize(ValueSpec input, int dimension, int rank) {
        List<Long> row = rowShapes.get(input.name());
        return row == null || row.size() != rank - 1 ? 1 : row.get(dimension - 1);
    }
}
