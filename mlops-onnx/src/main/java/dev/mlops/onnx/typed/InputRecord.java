package dev.mlops.onnx.typed;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the inputs of a model out of records. Immutable. */
final class InputRecord {
    private final List<Field> fields = new ArrayList<>();

    InputRecord(Class<?> type, Signature signature) {
        Components components = new Components(type);
        for (RecordComponent component : components.all()) {
            String name = Components.tensorName(component);
            String field = components.field(component);
            ValueSpec spec = signature
                    .input(name)
                    .orElseThrow(() -> new InvalidInputException(
                            field, name, "is no input of the model, which takes " + signature.inputs()));
            JavaType java = JavaType.of(field, component.getGenericType());
            Fit fit = Fit.of(field, spec, java.rank());
            java.checkInput(field, spec);
            fields.add(new Field(field, spec, java.rank(), fit, components.accessor(component)));
        }
        List<String> named = fields.stream().map(field -> field.spec.name()).toList();
        for (int i = 0; i < named.size(); i++) {
            int first = named.indexOf(named.get(i));
            if (first != i) {
                throw new InvalidInputException(
                        fields.get(i).name, named.get(i), "is the input of " + fields.get(first).name + " already");
            }
        }
        for (ValueSpec input : signature.inputs()) {
            if (!named.contains(input.name())) {
                throw new InvalidInputException(
                        "components of " + type.getSimpleName(), named, "lack the input '" + input + "'");
            }
        }
    }

    private record Field(String name, ValueSpec spec, int rank, Fit fit, MethodHandle accessor) {
        Tensor tensor(List<?> records) {
            ElementBuffer buffer = new ElementBuffer(name, spec);
            long[] first = null;
            for (Object record : records) {
                long[] shape = Nested.add(name, Components.read(accessor, record), rank, buffer);
                if (first != null && !Arrays.equals(first, shape)) {
                    throw new InvalidInputException(
                            name, Arrays.toString(shape), "must be as in the first record, " + Arrays.toString(first));
                }
                first = shape;
            }
            long[] shape = first == null ? new long[rank] : first;
            return buffer.tensor(fit.tensorShape(name, spec, shape, records.size()));
        }
    }

    /** True if several records can be rows of the same tensors. */
    boolean isStackable() {
        return fields.stream().allMatch(field -> field.fit.isStackable(field.spec));
    }

    /** The inputs of the records: one of them, or several if they are stackable. */
    Map<String, Tensor> tensors(List<?> records) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        fields.forEach(field -> tensors.put(field.spec.name(), field.tensor(records)));
        return tensors;
    }
}
