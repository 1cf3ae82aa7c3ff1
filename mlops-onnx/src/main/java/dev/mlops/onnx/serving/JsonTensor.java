package dev.mlops.onnx.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mlops.onnx.model.Tensor;
import java.io.IOException;

/** Writes tensors as fields of a JSON object. */
final class JsonTensor {
    private JsonTensor() {}

    static void writeHead(JsonGenerator out, Tensor tensor) throws IOException {
        long[] shape = tensor.shape();
        out.writeStringField("datatype", tensor.elementType().protocolName());
        out.writeFieldName("shape");
        out.writeArray(shape, 0, shape.length);
    }

    static void writeData(JsonGenerator out, Tensor tensor) throws IOException {
        out.writeArrayFieldStart("data");
        elements(out, tensor);
        out.writeEndArray();
    }

    private static void elements(JsonGenerator out, Tensor tensor) throws IOException {
        switch (tensor.elementType()) {
            case FLOAT, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, FLOAT4E2M1 -> {
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
}
