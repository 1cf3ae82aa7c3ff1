package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads values of known kinds, and says which field has another one. */
final class JsonFields {
    private final JsonParser parser;

    JsonFields(JsonParser parser) {
        this.parser = parser;
    }

    /** What to do with the value of a field, at which the parser is; it may be left or read to its end. */
    interface Field {
        void read(String name) throws IOException, ProtocolException;
    }

    /** What to do with an object in an array, at whose start the parser is. */
    interface Element {
        void read(String path) throws IOException, ProtocolException;
    }

    void expect(JsonToken wanted, String path, String rule) throws ProtocolException {
        if (parser.currentToken() != wanted) {
            throw badRequest(path, rule);
        }
    }

    /** Reads each field of the object at whose start the parser is; one that is null is as none. */
    void object(String path, Field field) throws IOException, ProtocolException {
        expect(JsonToken.START_OBJECT, path, "must be an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                field.read(name);
            }
        }
    }

    /** Reads each object of the array at whose start the parser is. */
    void objects(String path, Element element) throws IOException, ProtocolException {
        expect(JsonToken.START_ARRAY, path, "must be an array");
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            String each = path + "[" + i + "]";
            expect(JsonToken.START_OBJECT, each, "must be an object");
            element.read(each);
        }
    }

    String text(String path) throws IOException, ProtocolException {
        expect(JsonToken.VALUE_STRING, path, "must be a text");
        return parser.getText();
    }

    boolean truth(String path) throws ProtocolException {
        @Nullable JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw badRequest(path, "must be true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** An integer of 0 or more. */
    int size(String path) throws IOException, ProtocolException {
        expect(JsonToken.VALUE_NUMBER_INT, path, "must be an integer");
        if (parser.getNumberType() != JsonParser.NumberType.INT || parser.getIntValue() < 0) {
            throw badRequest(path, "must be 0 to " + Integer.MAX_VALUE);
        }
        return parser.getIntValue();
    }
}
