package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads what is said of one output that is wanted. Used once. */
final class OutputReader {
    private final String path;
    private final JsonParser parser;
    private final JsonFields fields;
    private @Nullable String name;
    private @Nullable Boolean isBinary;
    private int classes;

    OutputReader(String path, JsonParser parser) {
        this.path = path;
        this.parser = parser;
        this.fields = new JsonFields(parser);
    }

    InferRequest.Output read() throws IOException, ProtocolException {
        fields.object(path, this::field);
        String given = name;
        if (given == null) {
            throw badRequest(path, "must have a name");
        }
        return new InferRequest.Output(given, isBinary, classes);
    }

    private void field(String field) throws IOException, ProtocolException {
        switch (field) {
            case "name" -> name = fields.text(path + ".name");
            case "parameters" -> fields.object(path + ".parameters", this::parameter);
            default -> parser.skipChildren();
        }
    }

    private void parameter(String parameter) throws IOException, ProtocolException {
        String here = path + ".parameters." + parameter;
        switch (parameter) {
            case "binary_data" -> isBinary = fields.truth(here);
            case "classification" -> classes = fields.size(here);
            default -> parser.skipChildren();
        }
    }
}
