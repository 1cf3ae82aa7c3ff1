package dev.mlops.onnx.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the answers of the protocol. What it has no form for is text: an element of a sequence, or a map, is one BYTES
 * element that holds its JSON; NaN and infinities are the texts {@code "NaN"}, {@code "Infinity"}, {@code "-Infinity"}.
 */
final class ResponseWriter {
    static final String SERVER_NAME = "mlops-onnx";
    private static final String PLATFORM = "onnxruntime_onnx";

    private ResponseWriter() {}

    static byte[] error(String message) {
        return json(out -> out.writeStringField("error", message));
    }

    static byte[] flag(String name) {
        return json(out -> out.writeBooleanField(name, true));
    }

    static byte[] server(String version) {
        return json(out -> {
            out.writeStringField("name", SERVER_NAME);
            out.writeStringField("version", version);
            out.writeArrayFieldStart("extensions");
            out.writeEndArray();
        });
    }

    static byte[] ready(ServedModel served) {
        return json(out -> {
            out.writeStringField("name", served.name());
            out.writeBooleanField("ready", true);
        });
    }

    static byte[] metadata(ServedModel served) {
        Signature signature = served.model().signature();
        return json(out -> {
            out.writeStringField("name", served.name());
            out.writeArrayFieldStart("versions");
            out.writeString(served.version());
            out.writeEndArray();
            out.writeStringField("platform", PLATFORM);
            specs(out, "inputs", signature.inputs());
            specs(out, "outputs", signature.outputs());
        });
    }

    private static void specs(JsonGenerator out, String field, List<ValueSpec> specs) throws IOException {
        out.writeArrayFieldStart(field);
        for (ValueSpec spec : specs) {
            out.writeStartObject();
            out.writeStringField("name", spec.name());
            out.writeStringField("datatype", datatype(spec));
            out.writeArrayFieldStart("shape");
            for (long size : shape(spec)) {
                out.writeNumber(size);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static String datatype(ValueSpec spec) {
        ElementType type = spec.elementType();
        return spec.kind() == ValueKind.TENSOR && type != null ? type.protocolName() : "BYTES";
    }

    private static long[] shape(ValueSpec spec) {
        List<Dimension> shape = spec.shape();
        return shape == null
                ? new long[] {-1}
                : shape.stream().mapToLong(Dimension::size).toArray();
    }

    static byte[] inference(ServedModel served, InferRequest request, Result result) {
        return json(out -> {
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
            for (String name : result.names()) {
                output(out, name, result.value(name));
            }
            out.writeEndArray();
        });
    }

    private static void output(JsonGenerator out, String name, Value value) throws IOException {
        Tensor tensor = value instanceof Tensor dense ? dense : asText(value);
        out.writeStartObject();
        out.writeStringField("name", name);
        tensor(out, tensor);
        out.writeEndObject();
    }

    private static Tensor asText(Value value) throws IOException {
        if (value instanceof Value.Absent) {
            return Tensor.strings(new String[0], 0);
        }
        List<Value> elements = value instanceof Value.Sequence sequence ? sequence.values() : List.of(value);
        String[] texts = new String[elements.size()];
        for (int i = 0; i < texts.length; i++) {
            Value element = elements.get(i);
            texts[i] = element instanceof Value.Mapping mapping
                    ? Json.MAPPER.writeValueAsString(mapping.entries())
                    : new String(json(out -> tensor(out, (Tensor) element)), StandardCharsets.UTF_8);
        }
        return Tensor.strings(texts, texts.length);
    }

    private static void tensor(JsonGenerator out, Tensor tensor) throws IOException {
        out.writeStringField("datatype", tensor.elementType().protocolName());
        out.writeFieldName("shape");
        out.writeArray(tensor.shape(), 0, tensor.shape().length);
        out.writeArrayFieldStart("data");
        elements(out, tensor);
        out.writeEndArray();
    }

    private static void elements(JsonGenerator out, Tensor tensor) throws IOException {
        switch (tensor.elementType()) {
            case FLOAT, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ -> {
                for (float value : tensor.floats()) {
                    out.writeNumber(value);
                }
            }
            case DOUBLE -> {
                for (double value : tensor.doubles()) {
                    out.writeNumber(value);
                }
            }
            case BOOL -> {
                for (boolean value : tensor.booleans()) {
                    out.writeBoolean(value);
                }
            }
            case STRING -> {
                for (String value : tensor.strings()) {
                    out.writeString(value);
                }
            }
            case UINT64 -> {
                for (long value : tensor.longs()) {
                    out.writeNumber(Long.toUnsignedString(value));
                }
            }
            default -> {
                for (long value : tensor.longs()) {
                    out.writeNumber(value);
                }
            }
        }
    }

    private static byte[] json(Body body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator out = Json.MAPPER.getFactory().createGenerator(bytes)) {
            out.writeStartObject();
            body.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }

    private interface Body {
        void write(JsonGenerator out) throws IOException;
    }
}
