package dev.mlops.examples;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds sizes for open dimensions; one that has a name keeps its size in all inputs. Not thread-safe. */
final class ShapeGuess {
    private static final long MOST_ELEMENTS = 1L << 28;

    private final Map<String, Long> symbols = new HashMap<>();

    /**
     * A shape for an input: an open dimension is what the values need, or 1.
     *
     * @param values how many values there are, or 0 if they do not matter
     */
    long[] of(ValueSpec spec, int values) {
        if (spec.kind() != ValueKind.TENSOR) {
            throw new InvalidInputException("input", spec, "is no tensor; this program gives tensors only");
        }
        List<Dimension> dimensions = spec.shape();
        if (dimensions == null) {
            return new long[] {Math.max(1, values)};
        }
        long[] shape = dimensions.stream()
                .mapToLong(this::known)
                .map(size -> size < 0 ? 1 : size)
                .toArray();
        int open = firstUnknown(dimensions);
        if (open >= 0 && values > 0) {
            shape[open] = values / Math.max(1, elements(shape));
        }
        for (int i = 0; i < shape.length; i++) {
            remember(dimensions.get(i).symbol(), shape[i]);
        }
        return shape;
    }

    /** The number of elements in a shape. */
    static long elements(long[] shape) {
        long elements = 1;
        for (long size : shape) {
            elements = Math.multiplyHigh(elements, size) == 0 ? elements * size : Long.MAX_VALUE;
            if (elements < 0 || elements > MOST_ELEMENTS) {
                throw new InvalidInputException("input size", elements, "is more than this program fills by itself");
            }
        }
        return elements;
    }

    private int firstUnknown(List<Dimension> dimensions) {
        for (int i = 0; i < dimensions.size(); i++) {
            if (known(dimensions.get(i)) < 0) {
                return i;
            }
        }
        return -1;
    }

    /** The size of a dimension, or -1. */
    private long known(Dimension dimension) {
        String symbol = dimension.symbol();
        return symbol == null ? dimension.size() : symbols.getOrDefault(symbol, -1L);
    }

    private void remember(@Nullable String symbol, long size) {
        if (symbol != null) {
            symbols.put(symbol, size);
        }
    }
}
