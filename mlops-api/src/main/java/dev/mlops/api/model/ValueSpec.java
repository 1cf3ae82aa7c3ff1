package dev.mlops.api.model;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One input or output of a model.
 *
 * @param name its name, unique among the inputs or among the outputs
 * @param kind what kind of value it is
 * @param elementType the element type of a tensor, or of the tensors inside a sequence, map (its values) or optional;
 *     null if the model does not say
 * @param shape the dimensions of a tensor, empty for a scalar; null if the model does not say even the rank, and for
 *     other kinds
 */
public record ValueSpec(
        String name,
        ValueKind kind,
        @Nullable ElementType elementType,
        @Nullable List<Dimension> shape) {
    /** Copies the shape. */
    public ValueSpec {
        shape = shape == null ? null : List.copyOf(shape);
    }

    /** A tensor. */
    public static ValueSpec tensor(String name, ElementType elementType, Dimension... shape) {
        return new ValueSpec(name, ValueKind.TENSOR, elementType, List.of(shape));
    }

    /** Such as {@code pixels: FLOAT[batch,64]}. */
    @Override
    public String toString() {
        String type = elementType == null ? "?" : elementType.name();
        List<Dimension> dimensions = shape;
        String tensor = type
                + (dimensions == null
                        ? "[…]"
                        : dimensions.stream().map(Dimension::toString).collect(Collectors.joining(",", "[", "]")));
        return switch (kind) {
            case TENSOR -> name + ": " + tensor;
            case SEQUENCE -> name + ": sequence of " + type;
            case MAP -> name + ": map to " + type;
            case OPTIONAL -> name + ": optional " + type;
            case SPARSE_TENSOR -> name + ": sparse " + tensor;
        };
    }
}
