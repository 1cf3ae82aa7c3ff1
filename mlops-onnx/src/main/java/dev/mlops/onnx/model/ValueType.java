package dev.mlops.onnx.model;

import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The whole type of an input or output, of which a {@link ValueSpec} tells the outermost kind and the innermost element. */
sealed interface ValueType {
    /** The element type of the tensors in it, or of the values of a map. */
    ElementType elementType();

    /** Its outermost kind. */
    ValueKind kind();

    /** Why a value is none of this type, or null if it is one. */
    @Nullable
    String mismatch(Value value);

    /** What a signature tells of it. */
    default ValueSpec spec(String name) {
        return new ValueSpec(name, kind(), elementType(), null);
    }

    /** A dimension as ONNX Runtime tells it, open if negative. */
    static Dimension dimension(long size, String symbol) {
        if (size >= 0) {
            return Dimension.fixed(size);
        }
        return symbol.isEmpty() ? Dimension.open() : Dimension.symbolic(symbol);
    }

    /**
     * A tensor.
     *
     * @param shape empty for a scalar and for any rank
     */
    record OfTensor(ElementType elementType, List<Dimension> shape) implements ValueType {
        public OfTensor {
            shape = List.copyOf(shape);
        }

        @Override
        public ValueKind kind() {
            return ValueKind.TENSOR;
        }

        @Override
        public ValueSpec spec(String name) {
            return new ValueSpec(name, ValueKind.TENSOR, elementType, shape);
        }

        /** Shapes are not compared: ONNX Runtime does not tell a scalar from any rank. */
        @Override
        public @Nullable String mismatch(Value value) {
            if (!(value instanceof Tensor tensor)) {
                return "is no tensor";
            }
            return tensor.elementType() == elementType ? null : "has the element type " + tensor.elementType();
        }
    }

    /** A list of values of one type. */
    record OfSequence(ValueType element) implements ValueType {
        @Override
        public ElementType elementType() {
            return element.elementType();
        }

        @Override
        public ValueKind kind() {
            return ValueKind.SEQUENCE;
        }

        @Override
        public @Nullable String mismatch(Value value) {
            if (!(value instanceof Value.Sequence sequence)) {
                return "is no sequence";
            }
            for (int i = 0; i < sequence.values().size(); i++) {
                String reason = element.mismatch(sequence.values().get(i));
                if (reason != null) {
                    return "element " + i + " " + reason;
                }
            }
            return null;
        }
    }

    /** A map from INT64 or STRING. */
    record OfMap(ElementType key, ElementType elementType) implements ValueType {
        @Override
        public ValueKind kind() {
            return ValueKind.MAP;
        }

        @Override
        public @Nullable String mismatch(Value value) {
            if (!(value instanceof Value.Mapping mapping)) {
                return "is no map";
            }
            return mapping.entries().entrySet().stream()
                            .allMatch(entry -> Elements.isBoxed(key, entry.getKey())
                                    && Elements.isBoxed(elementType, entry.getValue()))
                    ? null
                    : "is no map from " + key + " to " + elementType;
        }
    }

    /** A value that may be absent. */
    record OfOptional(ValueType content) implements ValueType {
        @Override
        public ElementType elementType() {
            return content.elementType();
        }

        @Override
        public ValueKind kind() {
            return ValueKind.OPTIONAL;
        }

        @Override
        public @Nullable String mismatch(Value value) {
            return value instanceof Value.Absent ? null : content.mismatch(value);
        }
    }
}
