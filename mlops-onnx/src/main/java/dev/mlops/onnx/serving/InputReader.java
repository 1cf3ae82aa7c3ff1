package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads one input, whose fields may come in any order. Used once. */
final class InputReader {
    private static final int HIGHEST_RANK = 32;
    private static final long NONE = -1;

    private final String path;
    private final RequestBody body;
    private final JsonParser parser;
    private final JsonFields fields;
    private @Nullable String name;
    private @Nullable ElementType type;
    private long @Nullable [] shape;
    private @Nullable Tensor tensor;
    /** Where the elements are that came before one knew what they are. */
    private long dataOffset = NONE;

    private long binarySize = NONE;

    InputReader(String path, RequestBody body, JsonParser parser) {
        this.path = path;
        this.body = body;
        this.parser = parser;
        this.fields = new JsonFields(parser);
    }

    Tensor read() throws IOException, ProtocolException {
        fields.object(path, this::field);
        boolean hasData = tensor != null || dataOffset != NONE;
        if (name == null || type == null || shape == null || hasData == (binarySize != NONE)) {
            throw badRequest(
                    path, "must have name, datatype, shape, and either data or the parameter binary_data_size");
        }
        return tensor();
    }

    /** The name, once the input is read. */
    String name() {
        return requireNonNull(name);
    }

    private void field(String field) throws IOException, ProtocolException {
        switch (field) {
            case "name" -> name = fields.text(path + ".name");
            case "datatype" -> type = datatype(path + ".datatype");
            case "shape" -> shape = shape(path + ".shape");
            case "data" -> data();
            case "parameters" -> fields.object(path + ".parameters", this::parameter);
            default -> parser.skipChildren();
        }
    }

    private void parameter(String parameter) throws IOException, ProtocolException {
        if (parameter.equals("binary_data_size")) {
            binarySize = fields.size(path + ".parameters.binary_data_size");
        } else {
            parser.skipChildren();
        }
    }

    /** Reads the elements at once when what they are is known, and comes back to them otherwise. */
    private void data() throws IOException, ProtocolException {
        if (type != null && shape != null) {
            tensor = elements(parser, type, shape);
        } else {
            dataOffset = parser.currentTokenLocation().getByteOffset();
            if (dataOffset < 0) {
                throw badRequest("request body", "must be UTF-8");
            }
            parser.skipChildren();
        }
    }

    private Tensor tensor() throws IOException, ProtocolException {
        Tensor read = tensor;
        if (read != null) {
            return read;
        }
        if (binarySize != NONE) {
            return binary(requireNonNull(type), requireNonNull(shape));
        }
        try (JsonParser again = body.jsonFrom(dataOffset)) {
            again.nextToken();
            return elements(again, requireNonNull(type), requireNonNull(shape));
        }
    }

    private Tensor elements(JsonParser source, ElementType type, long[] shape) throws IOException, ProtocolException {
        try {
            return new TensorReader(path + ".data", source, type, shape, count(type, shape)).read();
        } catch (InvalidInputException e) {
            throw badRequest(path, String.valueOf(e.getMessage()));
        }
    }

    private Tensor binary(ElementType type, long[] shape) throws ProtocolException {
        String field = path + ".parameters.binary_data_size";
        try {
            return BinaryTensor.read(field, type, shape, count(type, shape), body.next(field, binarySize));
        } catch (InvalidInputException e) {
            throw badRequest(path, String.valueOf(e.getMessage()));
        }
    }

    private long[] shape(String field) throws IOException, ProtocolException {
        fields.expect(JsonToken.START_ARRAY, field, "must be an array of integers");
        long[] sizes = new long[HIGHEST_RANK];
        int rank = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            int size = fields.size(field + "[" + rank + "]");
            if (rank == HIGHEST_RANK) {
                throw badRequest(field, "must have at most " + HIGHEST_RANK + " dimensions");
            }
            sizes[rank++] = size;
        }
        return Arrays.copyOf(sizes, rank);
    }

    /** The elements of a shape, of which there are no more than the body can hold. */
    private int count(ElementType type, long[] shape) throws ProtocolException {
        long elements = 1;
        for (long size : shape) {
            // Beyond an int it stays there, unless a later dimension is 0.
            elements = Math.min(elements * size, Integer.MAX_VALUE);
        }
        if (elements > body.length() * BinaryTensor.mostInAByte(type)) {
            throw badRequest(
                    path + ".shape", "asks for more elements than a body of " + body.length() + " bytes can hold");
        }
        return (int) elements;
    }

    private ElementType datatype(String field) throws IOException, ProtocolException {
        try {
            return ElementType.ofProtocolName(fields.text(field));
        } catch (InvalidInputException e) {
            throw badRequest(field, String.valueOf(e.getMessage()));
        }
    }
}
