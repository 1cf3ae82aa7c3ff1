package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.TokenBuffer;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of an inference request in one pass, straight into tensors. Used once. */
final class InferRequestReader {
    private static final int HIGHEST_RANK = 32;

    private final JsonParser parser;
    private final int bodyLength;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final List<String> outputs = new ArrayList<>();
    private @Nullable String id;
    private @Nullable JsonNode parameters;

    private InferRequestReader(JsonParser parser, int bodyLength) {
        this.parser = parser;
        this.bodyLength = bodyLength;
    }

    static InferRequest read(byte[] body) throws ProtocolException {
        try (JsonParser parser = Json.MAPPER.getFactory().createParser(body)) {
            return new InferRequestReader(parser, body.length).request();
        } catch (JsonProcessingException e) {
            throw badRequest("request body", "is no valid JSON: " + e.getOriginalMessage() + position(e));
        } catch (IOException e) {
            throw badRequest("request body", "cannot be read: " + e.getMessage());
        }
    }

    private static String position(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " (line %d, column %d)"
                        .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr());
    }

    private InferRequest request() throws IOException, ProtocolException {
        expect(parser.nextToken(), JsonToken.START_OBJECT, "request body", "must be an object");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            field(parser.currentName());
        }
        if (parser.nextToken() != null) {
            throw badRequest("request body", "must hold nothing after its object");
        }
        return new InferRequest(id, parameters, inputs, outputs);
    }

    private void field(String name) throws IOException, ProtocolException {
        JsonToken token = parser.nextToken();
        switch (name) {
            case "id" -> {
                expect(token, JsonToken.VALUE_STRING, "id", "must be a text");
                id = parser.getText();
            }
            case "parameters" -> {
                expect(token, JsonToken.START_OBJECT, "parameters", "must be an object");
                parameters = Json.MAPPER.readTree(parser);
            }
            case "inputs" -> each("inputs", this::input);
            case "outputs" -> each("outputs", this::output);
            default -> parser.skipChildren();
        }
    }

    private void each(String field, Element element) throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.START_ARRAY, field, "must be an array");
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            String path = field + "[" + i + "]";
            expect(parser.currentToken(), JsonToken.START_OBJECT, path, "must be an object");
            element.read(path);
        }
    }

    private void input(String path) throws IOException, ProtocolException {
        Input input = new Input();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            inputField(path, input);
        }
        String name = input.name;
        if (name == null || input.type == null || input.shape == null || (input.data == null && input.tensor == null)) {
            throw badRequest(path, "must have name, datatype, shape and data");
        }
        if (inputs.put(name, tensor(path, input)) != null) {
            throw badRequest(path + ".name", "'" + name + "' is given twice");
        }
    }

    private void inputField(String path, Input input) throws IOException, ProtocolException {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        switch (field) {
            case "name" -> input.name = text(path + ".name", token);
            case "datatype" -> input.type = datatype(path + ".datatype", text(path + ".datatype", token));
            case "shape" -> input.shape = shape(path + ".shape");
            case "data" -> data(path, input);
            default -> parser.skipChildren();
        }
    }

    /** Reads the elements at once when what they are is known, and puts them aside until then otherwise. */
    private void data(String path, Input input) throws IOException, ProtocolException {
        ElementType type = input.type;
        long[] shape = input.shape;
        if (type != null && shape != null) {
            input.tensor = elements(path, parser, type, shape);
        } else {
            TokenBuffer aside = new TokenBuffer(parser);
            aside.copyCurrentStructure(parser);
            input.data = aside;
        }
    }

    private Tensor tensor(String path, Input input) throws IOException, ProtocolException {
        Tensor read = input.tensor;
        if (read != null) {
            return read;
        }
        try (TokenBuffer aside = requireNonNull(input.data);
                JsonParser later = aside.asParser()) {
            later.nextToken();
            return elements(path, later, requireNonNull(input.type), requireNonNull(input.shape));
        }
    }

    private static Tensor elements(String path, JsonParser source, ElementType type, long[] shape)
            throws IOException, ProtocolException {
        try {
            return new TensorReader(path + ".data", source, type, shape).read();
        } catch (InvalidInputException e) {
            throw badRequest(path, String.valueOf(e.getMessage()));
        }
    }

    private long[] shape(String path) throws IOException, ProtocolException {
        expect(parser.currentToken(), JsonToken.START_ARRAY, path, "must be an array of integers");
        long[] shape = new long[HIGHEST_RANK];
        int rank = 0;
        long elements = 1;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT, path + "[" + rank + "]", "must be an integer");
            if (rank == HIGHEST_RANK) {
                throw badRequest(path, "must have at most " + HIGHEST_RANK + " dimensions");
            }
            shape[rank] = size(path + "[" + rank + "]");
            elements *= shape[rank++];
            if (elements > bodyLength) {
                throw badRequest(path, "asks for more elements than a body of " + bodyLength + " bytes can hold");
            }
        }
        return Arrays.copyOf(shape, rank);
    }

    private int size(String path) throws IOException, ProtocolException {
        if (parser.getNumberType() != JsonParser.NumberType.INT || parser.getIntValue() < 0) {
            throw badRequest(path, "must be 0 to " + Integer.MAX_VALUE);
        }
        return parser.getIntValue();
    }

    private void output(String path) throws IOException, ProtocolException {
        String name = null;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            JsonToken token = parser.nextToken();
            if (field.equals("name")) {
                name = text(path + ".name", token);
            } else {
                parser.skipChildren();
            }
        }
        if (name == null) {
            throw badRequest(path, "must have a name");
        }
        outputs.add(name);
    }

    private String text(String path, JsonToken token) throws IOException, ProtocolException {
        expect(token, JsonToken.VALUE_STRING, path, "must be a text");
        return parser.getText();
    }

    private static ElementType datatype(String path, String name) throws ProtocolException {
        try {
            return ElementType.ofProtocolName(name);
        } catch (InvalidInputException e) {
            throw badRequest(path, String.valueOf(e.getMessage()));
        }
    }

    private static void expect(@Nullable JsonToken token, JsonToken wanted, String path, String rule)
            throws ProtocolException {
        if (token != wanted) {
            throw badRequest(path, rule);
        }
    }

    /** What is known of an input so far. */
    private static final class Input {
        private @Nullable String name;
        private @Nullable ElementType type;
        private long @Nullable [] shape;
        private @Nullable TokenBuffer data;
        private @Nullable Tensor tensor;
    }

    private interface Element {
        void read(String path) throws IOException, ProtocolException;
    }
}
