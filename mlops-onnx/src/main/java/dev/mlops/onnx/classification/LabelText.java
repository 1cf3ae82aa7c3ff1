package dev.mlops.onnx.classification;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mlops.api.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Labels as they are written into the metadata of models. */
final class LabelText {
    private static final ObjectReader LENIENT = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES, JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .build()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private LabelText() {}

    static List<String> parse(String field, String text) {
        String stripped = text.strip();
        if (stripped.startsWith("[") || stripped.startsWith("{")) {
            return checked(field, parseJson(field, stripped));
        }
        return checked(
                field, Arrays.stream(stripped.split(",", -1)).map(String::strip).toList());
    }

    static List<String> checked(String field, List<String> names) {
        int empty = names.indexOf("");
        if (empty >= 0) {
            throw new InvalidInputException(field, names, "has no label for class " + empty);
        }
        return names;
    }

    private static List<String> parseJson(String field, String text) {
        try {
            JsonNode root = LENIENT.readTree(text);
            List<String> names = new ArrayList<>();
            for (int i = 0; i < root.size(); i++) {
                JsonNode name = root.isArray() ? root.get(i) : root.get(Integer.toString(i));
                if (name == null || name.isNull() || !name.isValueNode()) {
                    throw new InvalidInputException(field, text, "has no label for class " + i);
                }
                names.add(name.asText());
            }
            return names;
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(field, text, "is no list of labels: " + e.getOriginalMessage(), e);
        }
    }
}
