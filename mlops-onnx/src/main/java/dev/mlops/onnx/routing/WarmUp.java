package dev.mlops.onnx.routing;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** First runs of a model, which take longer than later ones: ONNX Runtime plans its memory for each shape. */
final class WarmUp {
    private WarmUp() {}

    /** Runs the model once with each number of rows and zeros in all inputs; other open dimensions are 1. */
    static void run(OnnxModel model, int... rows) {
        for (int each : rows) {
            if (each < 1) {
                throw new InvalidInputException("warmUpRows", each, "must be positive");
            }
            Map<String, Long> sizes = new HashMap<>();
            Map<String, Tensor> inputs = new HashMap<>();
            for (ValueSpec input : model.signature().inputs()) {
                inputs.put(input.name(), Tensor.zeros(requireNonNull(input.elementType()), shape(input, each, sizes)));
            }
            model.run(inputs);
        }
    }

    private static long[] shape(ValueSpec input, int rows, Map<String, Long> sizes) {
        List<Dimension> dimensions = input.shape();
        if (dimensions == null) {
            return new long[] {rows};
        }
        long[] shape = new long[dimensions.size()];
        for (int i = 0; i < shape.length; i++) {
            Dimension dimension = dimensions.get(i);
            long open = i == 0 ? rows : 1;
            String symbol = dimension.symbol();
            shape[i] = dimension.isOpen()
                    ? symbol == null ? open : sizes.computeIfAbsent(symbol, unseen -> open)
                    : dimension.size();
        }
        return shape;
    }
}
