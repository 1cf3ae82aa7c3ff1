package dev.mlops.core.media;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mlops.api.dataset.ColumnType;
import dev.mlops.api.dataset.TableColumn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of a JSON lines file, and as columns the members of the objects in its first rows. */
final class JsonLinesProbe extends TableProbe {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();

    private final Map<String, ColumnGuess> guesses = new LinkedHashMap<>();

    @Override
    RowCounter counter(byte[] bytes, int from, int to) {
        return RowCounter.ofLines();
    }

    @Override
    Columns columns(byte[] bytes, int from, int to) {
        long rows = 0;
        int start = from;
        while (start < to && rows < SAMPLE_ROWS) {
            int end = start;
            while (end < to && bytes[end] != '\n') {
                end++;
            }
            boolean isBlank = end == start || (end == start + 1 && bytes[start] == '\r');
            if (!isBlank) {
                if (!row(bytes, start, end - start)) {
                    return Columns.NONE;
                }
                rows++;
            }
            start = end + 1;
        }
        List<TableColumn> columns = new ArrayList<>();
        for (Map.Entry<String, ColumnGuess> guess : guesses.entrySet()) {
            if (columns.size() < ColumnGuess.MAX_COLUMNS) {
                columns.add(guess.getValue().column(guess.getKey(), rows));
            }
        }
        return new Columns(columns, guesses.size(), 0);
    }

    /** Looks at a row; false if it is no object. */
    private boolean row(byte[] bytes, int offset, int length) {
        try (JsonParser json = JSON.createParser(bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                ColumnType type = type(json.nextToken(), json);
                json.skipChildren();
                guesses.computeIfAbsent(name, key -> new ColumnGuess()).add(type);
            }
            return json.currentToken() == JsonToken.END_OBJECT;
        } catch (IOException e) {
            return false; // not JSON
        }
    }

    private static @Nullable ColumnType type(@Nullable JsonToken value, JsonParser json) throws IOException {
        if (value == null) {
            return null;
        }
        return switch (value) {
            case VALUE_NUMBER_INT -> ColumnType.INTEGER;
            case VALUE_NUMBER_FLOAT -> ColumnType.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> ColumnType.BOOLEAN;
            case START_OBJECT, START_ARRAY -> ColumnType.NESTED;
            case VALUE_STRING -> isDate(json.getText()) ? ColumnType.DATE_TIME : ColumnType.TEXT;
            default -> null;
        };
    }

    private static boolean isDate(String text) {
        if (text.length() > 40) {
            return false;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ValueTypes.of(bytes, 0, bytes.length) == ColumnType.DATE_TIME;
    }
}
