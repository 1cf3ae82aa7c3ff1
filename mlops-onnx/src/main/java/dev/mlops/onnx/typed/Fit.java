package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.Arrays;
import java.util.List;

/** How a value of Java of some depth is a tensor. */
enum Fit {
    /** The value is the whole tensor. */
    WHOLE,
    /** The value is one row of the tensor, that is what one index of its first dimension holds. */
    ROW,
    /** The value has the elements of one row one after another. */
    FLAT;

    /**
     * How a value fits.
     *
     * @param rank how deep its arrays or lists are; 0 for a single element
     */
    static Fit of(String field, ValueSpec spec, int rank) {
        if (spec.kind() != ValueKind.TENSOR || spec.elementType() == null) {
            throw new InvalidInputException(field, spec, "is no tensor, which alone can be a plain value");
        }
        List<Dimension> shape = spec.shape();
        if (shape == null || shape.size() == rank) {
            return WHOLE;
        }
        boolean hasRows =
                !shape.isEmpty() && (shape.get(0).isOpen() || shape.get(0).size() == 1);
        if (hasRows && rank == shape.size() - 1) {
            return ROW;
        }
        if (hasRows && rank <= 1 && rank < shape.size()) {
            return FLAT;
        }
        throw new InvalidInputException(
                field, spec, "has %d dimensions, a value of %d does not fit".formatted(shape.size(), rank));
    }

    /** True if rows of several values can be put together. */
    boolean isStackable(ValueSpec spec) {
        List<Dimension> shape = spec.shape();
        return this != WHOLE && shape != null && shape.get(0).isOpen();
    }

    /** The shape of the tensor of so many values, each of this shape. */
    long[] tensorShape(String field, ValueSpec spec, long[] value, int rows) {
        if (this == WHOLE) {
            return value;
        }
        long[] row =
                this == ROW ? value : rowShape(field, spec, Arrays.stream(value).reduce(1, (a, b) -> a * b));
        long[] shape = new long[row.length + 1];
        shape[0] = rows;
        System.arraycopy(row, 0, shape, 1, row.length);
        return shape;
    }

    /** The shape of a row of so many elements; one open dimension is as large as that asks, several are 1. */
    private static long[] rowShape(String field, ValueSpec spec, long count) {
        List<Dimension> dimensions = spec.shape() == null ? List.of() : spec.shape();
        long[] shape = new long[dimensions.size() - 1];
        int open = -1;
        int opens = 0;
        long known = 1;
        for (int i = 0; i < shape.length; i++) {
            Dimension dimension = dimensions.get(i + 1);
            open = dimension.isOpen() ? i : open;
            opens += dimension.isOpen() ? 1 : 0;
            shape[i] = dimension.isOpen() ? 1 : dimension.size();
            known = known < 0 || Math.multiplyHigh(known, shape[i]) != 0 ? -1 : known * shape[i];
        }
        if (opens == 1 && known > 0) {
            shape[open] = count / known;
            known *= shape[open];
        }
        if (known != count) {
            String hint = opens > 1 ? ", which has several open dimensions; nest it" : "";
            throw new InvalidInputException(field, count + " elements", "do not fit a row of '" + spec + "'" + hint);
        }
        return shape;
    }
}
