package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value of Java that is an element, or an array or list of such values. */
final class Nested {
    private static final int DEEPEST = 16;

    private final String field;
    private final long[] shape;

    private Nested(String field, int rank) {
        this.field = field;
        this.shape = new long[rank];
        Arrays.fill(shape, -1);
    }

    /** How deep arrays and lists are in one another, as the first of each tells. */
    static int rank(String field, @Nullable Object value) {
        int rank = 0;
        Object inner = value;
        while (inner != null && isContainer(inner)) {
            if (++rank > DEEPEST) {
                throw new InvalidInputException(field, "a list", "is nested deeper than " + DEEPEST);
            }
            inner = length(inner) == 0 ? null : element(inner, 0);
        }
        return rank;
    }

    /**
     * Adds the elements of a value to a buffer.
     *
     * @return the shape of the value
     */
    static long[] add(String field, @Nullable Object value, int rank, ElementBuffer buffer) {
        Nested nested = new Nested(field, rank);
        nested.add(value, 0, buffer);
        // Below an empty list nothing tells how long the lists would be.
        for (int i = 0; i < rank; i++) {
            nested.shape[i] = Math.max(nested.shape[i], 0);
        }
        return nested.shape;
    }

    private void add(@Nullable Object value, int depth, ElementBuffer buffer) {
        if (depth == shape.length) {
            buffer.add(value);
            return;
        }
        if (value == null || !isContainer(value)) {
            throw new InvalidInputException(field, value, "must be an array or list at depth " + depth);
        }
        int length = length(value);
        if (shape[depth] >= 0 && shape[depth] != length) {
            throw new InvalidInputException(
                    field, length + " elements", "must be " + shape[depth] + " as in the others at depth " + depth);
        }
        shape[depth] = length;
        if (depth == shape.length - 1 && value.getClass().isArray()) {
            buffer.addAll(value);
            return;
        }
        for (int i = 0; i < length; i++) {
            add(element(value, i), depth + 1, buffer);
        }
    }

    private static boolean isContainer(Object value) {
        return value instanceof List || value.getClass().isArray();
    }

    private static int length(Object container) {
        return container instanceof List<?> list ? list.size() : Array.getLength(container);
    }

    private static @Nullable Object element(Object container, int index) {
        return container instanceof List<?> list ? list.get(index) : Array.get(container, index);
    }
}
