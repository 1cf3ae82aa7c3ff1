package dev.mlops.core.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.mlops.api.error.IntegrityException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads one line that is one JSON object, and nothing else. */
final class JsonLine {
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonLine() {}

    /** Takes the members of the object. */
    interface Members {
        /** Takes one member; the parser stands at its value, which need not be read. */
        void take(String name, JsonParser json) throws IOException;
    }

    /**
     * Reads a line.
     *
     * @throws IntegrityException if it is no UTF-8, no JSON object, more than one, or has a member twice
     */
    static void parse(byte[] bytes, int offset, int length, Members members) {
        parse(decode(bytes, offset, length), members);
    }

    static void parse(String line, Members members) {
        try (JsonParser json = JSON.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IntegrityException("manifest has a line that is no JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                members.take(name, json);
                json.skipChildren();
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IntegrityException("manifest has a line that is more or less than a JSON object");
            }
        } catch (IOException e) {
            throw new IntegrityException("manifest has a line that is not JSON: " + e.getMessage(), e);
        }
    }

    /** The text of a line; {@link IntegrityException} if it is not UTF-8. */
    static String decode(byte[] bytes, int offset, int length) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, offset, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IntegrityException("manifest has a line that is not UTF-8", e);
        }
    }

    /** The text at hand; null if it is something else. */
    static @Nullable String text(JsonParser json) throws IOException {
        return json.currentToken() == JsonToken.VALUE_STRING ? json.getText() : null;
    }

    /** The whole number at hand. */
    static long number(String name, JsonParser json) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw new IntegrityException("manifest has a member '%s' that is no whole number".formatted(name));
        }
        return json.getLongValue();
    }
}
