package dev.mlops.onnx.routing;

import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** How far one value is from another. */
final class Comparison {
    private final double absolute;
    private final double relative;

    private boolean isMatch = true;
    private double largest;

    private Comparison(ShadowOptions options) {
        this.absolute = options.absoluteTolerance();
        this.relative = options.relativeTolerance();
    }

    /** Compares a value with what is expected. */
    static Comparison of(Value expected, Value actual, ShadowOptions options) {
        Comparison comparison = new Comparison(options);
        comparison.compare(expected, actual);
        return comparison;
    }

    /** True if they are the same within the tolerance. */
    boolean isMatch() {
        return isMatch;
    }

    /** The largest absolute difference of two numbers; infinite for what cannot be compared. */
    double largest() {
        return largest;
    }

    private void compare(Value expected, Value actual) {
        if (expected instanceof Tensor first && actual instanceof Tensor second) {
            tensors(first, second);
        } else if (expected instanceof Value.Sequence first && actual instanceof Value.Sequence second) {
            sequences(first.values(), second.values());
        } else if (expected instanceof Value.Mapping first && actual instanceof Value.Mapping second) {
            mappings(first.entries(), second.entries());
        } else {
            same(expected.equals(actual));
        }
    }

    private void tensors(Tensor expected, Tensor actual) {
        boolean isComparable = expected.elementType() == actual.elementType()
                && Arrays.equals(expected.shape(), actual.shape())
                && isReal(expected.elementType());
        if (!isComparable) {
            same(expected.equals(actual));
            return;
        }
        double[] first = expected.doubles();
        double[] second = actual.doubles();
        for (int i = 0; i < first.length; i++) {
            numbers(first[i], second[i]);
        }
    }

    private static boolean isReal(ElementType type) {
        return switch (type) {
            case FLOAT,
                    DOUBLE,
                    FLOAT16,
                    BFLOAT16,
                    FLOAT8E4M3FN,
                    FLOAT8E4M3FNUZ,
                    FLOAT8E5M2,
                    FLOAT8E5M2FNUZ,
                    FLOAT4E2M1 -> true;
            default -> false;
        };
    }

    private void sequences(List<Value> expected, List<Value> actual) {
        same(expected.size() == actual.size());
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            compare(expected.get(i), actual.get(i));
        }
    }

    private void mappings(Map<Object, Object> expected, Map<Object, Object> actual) {
        same(expected.keySet().equals(actual.keySet()));
        expected.forEach((key, value) -> {
            Object other = actual.get(key);
            if (value instanceof Float first && other instanceof Float second) {
                numbers(first, second);
            } else if (value instanceof Double first && other instanceof Double second) {
                numbers(first, second);
            } else {
                same(value.equals(other));
            }
        });
    }

    private void numbers(double expected, double actual) {
        if (Double.compare(expected, actual) == 0) {
            return;
        }
        double difference = Math.abs(expected - actual);
        // Of an infinite number every finite one would be near.
        boolean isNear = Double.isFinite(difference) && difference <= absolute + relative * Math.abs(expected);
        isMatch &= isNear;
        largest = Math.max(largest, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
    }

    private void same(boolean isSame) {
        if (!isSame) {
            isMatch = false;
            largest = Double.POSITIVE_INFINITY;
        }
    }
}
