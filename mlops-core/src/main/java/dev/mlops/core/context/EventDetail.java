package dev.mlops.core.context;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes what an event changed as a JSON object, with its names sorted. */
final class EventDetail {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventDetail() {}

    static @Nullable String toJson(@Nullable Map<String, ?> detail) {
        if (detail == null) {
            return null;
        }
        Map<String, Object> plain = new TreeMap<>();
        detail.forEach((name, value) -> plain.put(name, isJson(value) ? value : value.toString()));
        try {
            return JSON.writeValueAsString(plain);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("event detail cannot be written: " + detail, e);
        }
    }

    private static boolean isJson(Object value) {
        return value instanceof Number
                || value instanceof Boolean
                || value instanceof Map<?, ?>
                || value instanceof Iterable<?>;
    }
}
