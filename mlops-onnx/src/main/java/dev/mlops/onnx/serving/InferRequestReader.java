package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of an inference request in one pass, straight into tensors. Used once. */
final class InferRequestReader {
    private static final String BINARY_OUTPUT = "binary_data_output";

    private final RequestBody body;
    private final JsonParser parser;
    private final JsonFields fields;
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, InferRequest.Output> outputs = new LinkedHashMap<>();
    private @Nullable String id;
    private @Nullable ObjectNode parameters;
    private boolean isBinary;

    private InferRequestReader(RequestBody body, JsonParser parser) {
        this.body = body;
        this.parser = parser;
        this.fields = new JsonFields(parser);
    }

    static InferRequest read(RequestBody body) throws ProtocolException {
        try (JsonParser parser = body.json()) {
            return new InferRequestReader(body, parser).request();
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
        parser.nextToken();
        fields.object("request body", this::field);
        if (parser.nextToken() != null) {
            throw badRequest("request body", "must hold nothing after its object");
        }
        body.checkAllIsRead();
        return new InferRequest(id, parameters, inputs, List.copyOf(outputs.values()), isBinary);
    }

    private void field(String name) throws IOException, ProtocolException {
        switch (name) {
            case "id" -> id = fields.text("id");
            case "parameters" -> parameters();
            case "inputs" -> fields.objects("inputs", this::input);
            case "outputs" -> fields.objects("outputs", this::output);
            default -> parser.skipChildren();
        }
    }

    private void parameters() throws IOException, ProtocolException {
        fields.expect(JsonToken.START_OBJECT, "parameters", "must be an object");
        ObjectNode given = Json.MAPPER.readTree(parser);
        if (given.has(BINARY_OUTPUT)) {
            if (!given.get(BINARY_OUTPUT).isBoolean()) {
                throw badRequest("parameters." + BINARY_OUTPUT, "must be true or false");
            }
            isBinary = given.remove(BINARY_OUTPUT).booleanValue();
        }
        parameters = given.isEmpty() ? null : given;
    }

    private void input(String path) throws IOException, ProtocolException {
        InputReader input = new InputReader(path, body, parser);
        Tensor tensor = input.read();
        if (inputs.put(input.name(), tensor) != null) {
            throw badRequest(path + ".name", "'" + input.name() + "' is given twice");
        }
    }

    private void output(String path) throws IOException, ProtocolException {
        InferRequest.Output output = new OutputReader(path, parser).read();
        if (outputs.put(output.name(), output) != null) {
            throw badRequest(path + ".name", "'" + output.name() + "' is given twice");
        }
    }
}
