package dev.mlops.jdbc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.api.error.IntegrityException;
import java.util.Collection;
import java.util.function.Function;

/** JSON documents with a format version, in text columns. Fields that are not known are left alone. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int FORMAT = 1;

    private Json() {}

    static ObjectNode document() {
        return MAPPER.createObjectNode().put("format", FORMAT);
    }

    static ArrayNode array() {
        return MAPPER.createArrayNode();
    }

    /** The text of an array of texts. */
    static String array(Collection<String> values) {
        ArrayNode array = array();
        values.forEach(array::add);
        return array.toString();
    }

    static JsonNode parse(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /** Reads a stored document, or says that it is damaged. */
    static <T> T read(String what, String text, Function<JsonNode, T> reader) {
        try {
            JsonNode document = MAPPER.readTree(text);
            int format = document.path("format").asInt(0);
            if (format != FORMAT) {
                throw new IntegrityException("Stored %s has format %d, this version of the SDK reads format %d"
                        .formatted(what, format, FORMAT));
            }
            return reader.apply(document);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IntegrityException("Stored %s cannot be read: %s".formatted(what, e.getMessage()), e);
        }
    }

    /** A field that must be there. */
    static JsonNode required(JsonNode node, String field) {
        return node.required(field);
    }
}
