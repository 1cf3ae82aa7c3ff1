package dev.mlops.core.onnx;

import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads ValueInfoProto, TypeProto and TensorShapeProto; field numbers are those of {@code onnx.proto3}. */
final class ValueParser {
    private static final int DEEPEST_TYPE = 16;
    private static final int HIGHEST_RANK = 1024;

    private final WireReader wire;

    ValueParser(WireReader wire) {
        this.wire = wire;
    }

    /** Reads the ValueInfoProto that the wire is in. */
    ValueSpec value() throws IOException, MalformedModelException {
        String name = "";
        Type type = new Type();
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> name = wire.text();
                case 2 -> wire.message(() -> type(type, 0));
                default -> wire.skip();
            }
        }
        return new ValueSpec(name, type.kind, type.element, type.kind == ValueKind.TENSOR ? type.shape : null);
    }

    private void type(Type type, int depth) throws IOException, MalformedModelException {
        if (depth > DEEPEST_TYPE) {
            throw wire.malformed("has a type nested deeper than " + DEEPEST_TYPE);
        }
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> tensor(type, ValueKind.TENSOR);
                case 4 -> nested(type, ValueKind.SEQUENCE, 1, depth);
                case 5 -> nested(type, ValueKind.MAP, 2, depth);
                case 8 -> tensor(type, ValueKind.SPARSE_TENSOR);
                case 9 -> nested(type, ValueKind.OPTIONAL, 1, depth);
                case 7 -> throw wire.malformed("has a value of an opaque type");
                default -> wire.skip();
            }
        }
    }

    private void tensor(Type type, ValueKind kind) throws IOException, MalformedModelException {
        type.kind = kind;
        wire.message(() -> {
            while (wire.next()) {
                switch (wire.field()) {
                    case 1 -> type.element = elementType();
                    case 2 -> type.shape = shape();
                    default -> wire.skip();
                }
            }
        });
    }

    private void nested(Type type, ValueKind kind, int elementField, int depth)
            throws IOException, MalformedModelException {
        Type inner = new Type();
        wire.message(() -> {
            while (wire.next()) {
                if (wire.field() == elementField) {
                    wire.message(() -> type(inner, depth + 1));
                } else {
                    wire.skip();
                }
            }
        });
        type.kind = kind;
        type.element = inner.element;
    }

    private @Nullable ElementType elementType() throws IOException, MalformedModelException {
        long number = wire.varint();
        if (number == 0) {
            return null;
        }
        for (ElementType type : ElementType.values()) {
            if (type.onnxNumber() == number) {
                return type;
            }
        }
        throw wire.malformed("has a tensor of the unknown element type " + number);
    }

    private List<Dimension> shape() throws IOException, MalformedModelException {
        List<Dimension> dimensions = new ArrayList<>();
        wire.message(() -> {
            while (wire.next()) {
                if (wire.field() == 1) {
                    wire.message(() -> dimensions.add(dimension()));
                } else {
                    wire.skip();
                }
            }
        });
        if (dimensions.size() > HIGHEST_RANK) {
            throw wire.malformed("has a tensor of " + dimensions.size() + " dimensions");
        }
        return dimensions;
    }

    private Dimension dimension() throws IOException, MalformedModelException {
        Dimension dimension = Dimension.open();
        while (wire.next()) {
            switch (wire.field()) {
                case 1 -> dimension = sized(wire.varint());
                case 2 -> dimension = named(wire.text());
                default -> wire.skip();
            }
        }
        return dimension;
    }

    private static Dimension sized(long size) {
        return size < 0 ? Dimension.open() : Dimension.fixed(size);
    }

    private static Dimension named(String symbol) {
        return symbol.isEmpty() ? Dimension.open() : Dimension.symbolic(symbol);
    }

    /** What is known of a type so far. */
    private static final class Type {
        private ValueKind kind = ValueKind.TENSOR;
        private @Nullable ElementType element;
        private @Nullable List<Dimension> shape;
    }
}
