package dev.mlops.onnx.serving;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Values that the protocol has no form for, as texts that hold their JSON. */
final class ValueText {
    private ValueText() {}

    /** One text for each element of a sequence, one for a map, and none for what is absent. */
    static Tensor of(Value value) {
        if (value instanceof Value.Absent) {
            return Tensor.strings(new String[0], 0);
        }
        List<Value> elements = value instanceof Value.Sequence sequence ? sequence.values() : List.of(value);
        String[] texts = elements.stream().map(ValueText::text).toArray(String[]::new);
        return Tensor.strings(texts, texts.length);
    }

    private static String text(Value element) {
        if (element instanceof Value.Mapping mapping) {
            try {
                return Json.MAPPER.writeValueAsString(mapping.entries());
            } catch (JsonProcessingException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
        }
        Tensor tensor = element instanceof Tensor dense ? dense : of(element);
        JsonText text = JsonText.object(out -> {
            JsonTensor.writeHead(out, tensor);
            JsonTensor.writeData(out, tensor);
        });
        return text.toString(StandardCharsets.UTF_8);
    }
}
