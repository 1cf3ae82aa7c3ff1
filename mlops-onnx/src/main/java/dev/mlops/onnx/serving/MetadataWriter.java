package dev.mlops.onnx.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.io.IOException;
import java.util.List;

/** Writes what the protocol tells of the server and its models. */
final class MetadataWriter {
    private static final String SERVER_NAME = "mlops-onnx";
    private static final String SERVER_VERSION = "2";
    private static final String PLATFORM = "onnxruntime_onnx";
    private static final String[] EXTENSIONS = {"binary_tensor_data", "classification"};

    private MetadataWriter() {}

    static Reply flag(String name) {
        return Reply.json(out -> out.writeBooleanField(name, true));
    }

    static Reply server() {
        return Reply.json(out -> {
            out.writeStringField("name", SERVER_NAME);
            out.writeStringField("version", SERVER_VERSION);
            out.writeFieldName("extensions");
            out.writeArray(EXTENSIONS, 0, EXTENSIONS.length);
        });
    }

    static Reply ready(ServedModel served) {
        return Reply.json(out -> {
            out.writeStringField("name", served.name());
            out.writeBooleanField("ready", true);
        });
    }

    static Reply model(ServedModel served, List<ServedModel> versions) {
        Signature signature = served.runner().signature();
        return Reply.json(out -> {
            out.writeStringField("name", served.name());
            out.writeArrayFieldStart("versions");
            for (ServedModel each : versions) {
                out.writeString(each.version());
            }
            out.writeEndArray();
            out.writeStringField("platform", PLATFORM);
            specs(out, "inputs", signature.inputs());
            specs(out, "outputs", signature.outputs());
        });
    }

    private static void specs(JsonGenerator out, String field, List<ValueSpec> specs) throws IOException {
        out.writeArrayFieldStart(field);
        for (ValueSpec spec : specs) {
            long[] shape = shape(spec);
            out.writeStartObject();
            out.writeStringField("name", spec.name());
            out.writeStringField("datatype", datatype(spec));
            out.writeFieldName("shape");
            out.writeArray(shape, 0, shape.length);
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
}
