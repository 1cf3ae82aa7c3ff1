package dev.mlops.onnx.serving;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** A JSON object in memory, to which other bytes can be added. Confined to one thread. */
final class JsonText extends ByteArrayOutputStream {
    private JsonText() {
        super(512);
    }

    /** What writes the fields. */
    interface Fields {
        void write(JsonGenerator out) throws IOException;
    }

    static JsonText object(Fields fields) {
        JsonText text = new JsonText();
        try (JsonGenerator out = Json.MAPPER.getFactory().createGenerator(text)) {
            out.writeStartObject();
            fields.write(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return text;
    }

    /** All of it, without a copy. */
    ByteBuffer buffer() {
        return ByteBuffer.wrap(buf, 0, count);
    }
}
