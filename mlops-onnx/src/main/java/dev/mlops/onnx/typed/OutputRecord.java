package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Result;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** Makes records out of the outputs of a model. Immutable. */
final class OutputRecord {
    private final List<Field> fields = new ArrayList<>();
    private final MethodHandle constructor;

    OutputRecord(Class<?> type, Signature signature) {
        Components components = new Components(type);
        for (RecordComponent component : components.all()) {
            String name = Components.tensorName(component);
            String field = components.field(component);
            ValueSpec spec = signature
                    .output(name)
                    .orElseThrow(() -> new InvalidInputException(
                            field, name, "is no output of the model, which gives " + signature.outputs()));
            JavaType java = JavaType.of(field, component.getGenericType());
            Fit fit = Fit.of(field, spec, java.rank());
            java.checkOutput(field, spec);
            fields.add(new Field(field, spec, java, fit));
        }
        constructor = components.constructor();
    }

    private record Field(String name, ValueSpec spec, JavaType java, Fit fit) {
        TensorReader reader(Result result) {
            return new TensorReader(name, result.tensor(spec.name()), java, fit);
        }
    }

    /** The names of the outputs that there is a component for. */
    List<String> outputs() {
        return fields.stream().map(field -> field.spec.name()).toList();
    }

    /** True if a result has a row for each of several records. */
    boolean isStackable() {
        return fields.stream().allMatch(field -> field.fit.isStackable(field.spec));
    }

    /** The records of a result that was made of so many. */
    List<Object> records(Result result, int count) {
        List<TensorReader> readers =
                fields.stream().map(field -> field.reader(result)).toList();
        readers.forEach(reader -> reader.checkRows(count));
        List<Object> records = new ArrayList<>(count);
        for (int row = 0; row < count; row++) {
            Object[] components = new Object[readers.size()];
            for (int i = 0; i < components.length; i++) {
                components[i] = readers.get(i).read(row);
            }
            records.add(Components.make(constructor, components));
        }
        return records;
    }
}
