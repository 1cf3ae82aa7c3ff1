package dev.mlops.onnx.routing;

import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Small values for inputs that are no tensors. A signature tells the innermost element of these, but neither what lies
 * between nor a shape, so there are several for each, of which a model takes some.
 */
final class SmallValues {
    private SmallValues() {}

    /** Values for an input, those with something in them first; the last one is empty or absent, which always fits. */
    static List<Value> of(ValueSpec input, int rows) {
        ElementType type = input.elementType();
        List<Value> values = new ArrayList<>();
        switch (input.kind()) {
            case SEQUENCE -> {
                elements(type, rows).forEach(element -> values.add(new Value.Sequence(List.of(element))));
                values.add(new Value.Sequence(List.of()));
            }
            case MAP -> {
                values.addAll(maps(type));
                values.add(new Value.Mapping(Map.of()));
            }
            case OPTIONAL -> {
                List<Value> tensors = tensors(type, rows);
                values.addAll(tensors);
                tensors.forEach(tensor -> values.add(new Value.Sequence(List.of(tensor))));
                values.add(new Value.Absent());
            }
            default -> {}
        }
        return values;
    }

    private static List<Value> elements(@Nullable ElementType type, int rows) {
        List<Value> elements = new ArrayList<>(tensors(type, rows));
        elements.addAll(maps(type));
        return elements;
    }

    private static List<Value> tensors(@Nullable ElementType type, int rows) {
        return type == null ? List.of() : List.of(Tensor.zeros(type, rows));
    }

    private static List<Value> maps(@Nullable ElementType type) {
        Object value = type == null ? null : mapped(type);
        return value == null
                ? List.of()
                : List.of(new Value.Mapping(Map.of("", value)), new Value.Mapping(Map.of(0L, value)));
    }

    private static @Nullable Object mapped(ElementType type) {
        return switch (type) {
            case FLOAT -> 0f;
            case DOUBLE -> 0d;
            case INT64 -> 0L;
            case STRING -> "";
            default -> null;
        };
    }
}
