package dev.mlops.edge.deploy;

import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The inference that every instance must answer before it is in force: zeros, with open dimensions of 1. */
final class GoldenInference {
    /** Larger inputs are not worth the traffic: such a model is asked only whether it is ready. */
    private static final long MAX_ELEMENTS = 4L << 20;

    private GoldenInference() {}

    /** The body (Open Inference Protocol v2, JSON); empty if a signature does not say enough, or not in JSON's terms. */
    static Optional<String> body(@Nullable Signature signature) {
        if (signature == null || signature.inputs().isEmpty()) {
            return Optional.empty();
        }
        List<String> inputs = new ArrayList<>();
        long elements = 0;
        for (ValueSpec spec : signature.inputs()) {
            long size = size(spec);
            elements += size;
            if (size < 0 || elements > MAX_ELEMENTS) {
                return Optional.empty();
            }
            inputs.add(input(spec, (int) size));
        }
        return Optional.of("{\"id\":\"probe\",\"inputs\":[" + String.join(",", inputs) + "]}");
    }

    /** The number of elements, or -1 if none can be sent. */
    private static long size(ValueSpec spec) {
        List<Dimension> shape = spec.shape();
        if (spec.kind() != ValueKind.TENSOR
                || shape == null
                || zero(spec.elementType()).isEmpty()) {
            return -1;
        }
        long size = 1;
        for (Dimension dimension : shape) {
            size *= length(dimension);
            if (size > MAX_ELEMENTS) {
                return -1;
            }
        }
        return size;
    }

    private static long length(Dimension dimension) {
        return dimension.isOpen() ? 1 : Math.min(dimension.size(), MAX_ELEMENTS + 1);
    }

    private static String input(ValueSpec spec, int size) {
        ElementType type = spec.elementType();
        List<Dimension> shape = spec.shape();
        if (type == null || shape == null) {
            throw new IllegalArgumentException("size() refuses " + spec);
        }
        String zero = zero(type).orElseThrow();
        List<String> lengths = shape.stream()
                .map(dimension -> Long.toString(length(dimension)))
                .toList();
        return "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[%s],\"data\":[%s]}"
                .formatted(
                        escaped(spec.name()),
                        type.protocolName(),
                        String.join(",", lengths),
                        String.join(",", Collections.nCopies(size, zero)));
    }

    private static Optional<String> zero(@Nullable ElementType type) {
        if (type == null) {
            return Optional.empty();
        }
        return switch (type) {
            case FLOAT, DOUBLE, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64 -> Optional.of("0");
            case BOOL -> Optional.of("false");
            case STRING -> Optional.of("\"\"");
            default -> Optional.empty();
        };
    }

    private static String escaped(String text) {
        return new String(
                com.fasterxml.jackson.core.io.JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
