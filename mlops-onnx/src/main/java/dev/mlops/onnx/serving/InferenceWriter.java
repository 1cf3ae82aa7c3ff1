package dev.mlops.onnx.serving;

import static dev.mlops.onnx.serving.ProtocolException.badRequest;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the answer to an inference. What the protocol has no form for is text: an element of a sequence, or a map, is one
 * BYTES element that holds its JSON; in JSON, NaN and infinities are the texts {@code "NaN"}, {@code "Infinity"},
 * {@code "-Infinity"}.
 */
final class InferenceWriter {
    private InferenceWriter() {}

    /** An output as it is written. */
    private static final class Output {
        private final String name;
        private final Tensor tensor;
        private final byte[] bytes;
        private final boolean isBinary;

        Output(String name, Tensor tensor, boolean isBinary) {
            this.name = name;
            this.tensor = tensor;
            this.isBinary = isBinary;
            this.bytes = isBinary ? BinaryTensor.write(tensor) : new byte[0];
        }
    }

    static Reply write(ServedModel served, InferRequest request, Result result) throws ProtocolException {
        List<Output> outputs = new ArrayList<>();
        for (InferRequest.Output wanted : wanted(request, result)) {
            outputs.add(output(request, wanted, result.value(wanted.name())));
        }
        JsonText text = JsonText.object(out -> fields(out, served, request, outputs));
        if (outputs.stream().noneMatch(output -> output.isBinary)) {
            return Reply.json(text.buffer());
        }
        int jsonLength = text.size();
        outputs.forEach(output -> text.writeBytes(output.bytes));
        return Reply.binary(jsonLength, text.buffer());
    }

    private static List<InferRequest.Output> wanted(InferRequest request, Result result) {
        return request.outputs().isEmpty()
                ? result.names().stream()
                        .map(name -> new InferRequest.Output(name, null, 0))
                        .toList()
                : request.outputs();
    }

    private static Output output(InferRequest request, InferRequest.Output wanted, Value value)
            throws ProtocolException {
        boolean isBinary = wanted.isBinary() == null ? request.isBinary() : wanted.isBinary();
        Tensor tensor = value instanceof Tensor dense ? dense : ValueText.of(value);
        if (wanted.classes() > 0) {
            tensor = Classification.of(wanted.name(), tensor, wanted.classes());
        }
        ElementType type = tensor.elementType();
        if (!isBinary && (type == ElementType.FLOAT16 || type == ElementType.BFLOAT16)) {
            throw badRequest(
                    "outputs",
                    "'%s' of datatype %s can only be given as binary data; ask for it with the parameter binary_data"
                            .formatted(wanted.name(), type.protocolName()));
        }
        return new Output(wanted.name(), tensor, isBinary);
    }

    private static void fields(JsonGenerator out, ServedModel served, InferRequest request, List<Output> outputs)
            throws IOException {
        out.writeStringField("model_name", served.name());
        out.writeStringField("model_version", served.version());
        if (request.id() != null) {
            out.writeStringField("id", request.id());
        }
        if (request.parameters() != null) {
            out.writeFieldName("parameters");
            out.writeTree(request.parameters());
        }
        out.writeArrayFieldStart("outputs");
        for (Output output : outputs) {
            out.writeStartObject();
            out.writeStringField("name", output.name);
            JsonTensor.writeHead(out, output.tensor);
            if (output.isBinary) {
                out.writeObjectFieldStart("parameters");
                out.writeNumberField("binary_data_size", output.bytes.length);
                out.writeEndObject();
            } else {
                JsonTensor.writeData(out, output.tensor);
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
