package dev.mlops.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/** Key-value pairs as JSON: {@code {"format":1,"entries":{"key":"value"}}}. */
final class TextMapJson {
    private TextMapJson() {}

    static String toJson(Map<String, String> map) {
        ObjectNode document = Json.document();
        ObjectNode entries = document.putObject("entries");
        new TreeMap<>(map).forEach(entries::put);
        return document.toString();
    }

    static Map<String, String> fromJson(String text) {
        return Json.read("key-value pairs", text, document -> entries(document.required("entries")));
    }

    static Map<String, String> entries(JsonNode node) {
        Map<String, String> result = new TreeMap<>();
        node.properties()
                .forEach(entry -> result.put(entry.getKey(), entry.getValue().asText()));
        return result;
    }
}
