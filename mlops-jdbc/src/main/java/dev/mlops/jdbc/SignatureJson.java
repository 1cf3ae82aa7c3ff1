package dev.mlops.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A signature as JSON. A dimension is a number when it is fixed, a text when it is symbolic, and null when it is open;
 * a value without {@code shape} has no known rank.
 *
 * <pre>
 * {"format":1,"inputs":[{"name":"pixels","kind":"TENSOR","type":"FLOAT","shape":["batch",64]}],"outputs":[…],
 *  "producer":"…","opsets":{"":17},"metadata":{}}
 * </pre>
 */
final class SignatureJson {
    private SignatureJson() {}

    static String toJson(Signature signature) {
        ObjectNode document = Json.document();
        write(document.putArray("inputs"), signature.inputs());
        write(document.putArray("outputs"), signature.outputs());
        document.put("producer", signature.producer());
        ObjectNode opsets = document.putObject("opsets");
        new TreeMap<>(signature.opsets()).forEach(opsets::put);
        ObjectNode metadata = document.putObject("metadata");
        new TreeMap<>(signature.metadata()).forEach(metadata::put);
        return document.toString();
    }

    static Signature fromJson(String text) {
        try {
            return Json.read(
                    "signature",
                    text,
                    document -> new Signature(
                            values(document.required("inputs")),
                            values(document.required("outputs")),
                            document.path("producer").asText(),
                            opsets(document.path("opsets")),
                            TextMapJson.entries(document.path("metadata"))));
        } catch (InvalidInputException e) {
            throw new IntegrityException("Stored signature cannot be read: " + e.getMessage(), e);
        }
    }

    private static void write(ArrayNode array, List<ValueSpec> values) {
        for (ValueSpec value : values) {
            ObjectNode node = array.addObject()
                    .put("name", value.name())
                    .put("kind", value.kind().name());
            ElementType type = value.elementType();
            if (type != null) {
                node.put("type", type.name());
            }
            List<Dimension> shape = value.shape();
            if (shape != null) {
                ArrayNode dimensions = node.putArray("shape");
                shape.forEach(dimension -> write(dimensions, dimension));
            }
        }
    }

    private static void write(ArrayNode dimensions, Dimension dimension) {
        if (dimension.isOpen()) {
            dimensions.add(dimension.symbol());
        } else {
            dimensions.add(dimension.size());
        }
    }

    private static List<ValueSpec> values(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(node -> new ValueSpec(
                        node.required("name").asText(),
                        ValueKind.valueOf(node.required("kind").asText()),
                        node.hasNonNull("type")
                                ? ElementType.valueOf(node.get("type").asText())
                                : null,
                        shape(node.get("shape"))))
                .toList();
    }

    private static @Nullable List<Dimension> shape(@Nullable JsonNode array) {
        if (array == null || array.isNull()) {
            return null;
        }
        return StreamSupport.stream(array.spliterator(), false)
                .map(SignatureJson::dimension)
                .toList();
    }

    private static Dimension dimension(JsonNode node) {
        if (node.isNull()) {
            return Dimension.open();
        }
        return node.isTextual() ? Dimension.symbolic(node.asText()) : Dimension.fixed(node.asLong());
    }

    private static Map<String, Long> opsets(JsonNode node) {
        Map<String, Long> result = new TreeMap<>();
        node.properties()
                .forEach(entry -> result.put(entry.getKey(), entry.getValue().asLong()));
        return result;
    }
}
