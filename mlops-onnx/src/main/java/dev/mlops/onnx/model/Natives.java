package dev.mlops.onnx.model;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Copies values between Java and ONNX Runtime where no lane memory is used. */
final class Natives {
    private Natives() {}

    /** A native copy of a tensor, which the caller closes. */
    static OnnxTensor create(OrtEnvironment environment, Tensor tensor) throws OrtException {
        long[] shape = tensor.rawShape();
        if (tensor.rawElements() instanceof String[] strings) {
            Elements.checkTexts(strings);
            return OnnxTensor.createTensor(environment, strings, shape);
        }
        OnnxJavaType type = Objects.requireNonNull(Elements.javaType(tensor.elementType()));
        ByteBuffer memory = ByteBuffer.allocateDirect(tensor.size() * Elements.bytes(tensor.elementType()))
                .order(ByteOrder.nativeOrder());
        Elements.write(tensor.rawElements(), memory);
        return OnnxTensor.createTensor(environment, memory.clear(), shape, type);
    }

    /** Copies a native value, which stays the caller's to close. */
    static Value read(OnnxValue value, ValueSpec spec) throws OrtException {
        if (value instanceof OnnxTensor tensor) {
            return tensor(tensor);
        }
        if (value instanceof OnnxSequence sequence) {
            return sequence(sequence, spec);
        }
        return mapping((OnnxMap) value);
    }

    private static Tensor tensor(OnnxTensor tensor) throws OrtException {
        ElementType type = OrtSpecs.elementType(tensor.getInfo());
        long[] shape = tensor.getInfo().getShape();
        int count = Elements.count(shape);
        if (type == ElementType.STRING) {
            return Tensor.owning(type, shape, strings(tensor, count));
        }
        if (type == ElementType.FLOAT && count > 0) {
            return Tensor.owning(type, shape, tensor.getFloatBuffer().array());
        }
        ByteBuffer copy = count == 0 ? ByteBuffer.allocate(0) : tensor.getByteBuffer();
        return Tensor.owning(type, shape, Elements.read(type, copy, count));
    }

    private static String[] strings(OnnxTensor tensor, int count) throws OrtException {
        List<String> flat = new ArrayList<>(count);
        if (count > 0) {
            flatten(tensor.getValue(), flat);
        }
        return flat.toArray(String[]::new);
    }

    private static void flatten(Object value, List<String> into) {
        if (value instanceof Object[] array) {
            for (Object element : array) {
                flatten(element, into);
            }
        } else {
            into.add((String) value);
        }
    }

    /** The elements of a sequence are the caller's: each is closed, also when one of them cannot be read. */
    private static Value sequence(OnnxSequence sequence, ValueSpec spec) throws OrtException {
        List<? extends OnnxValue> elements = sequence.getValue();
        try {
            List<Value> values = new ArrayList<>(elements.size());
            for (OnnxValue element : elements) {
                values.add(read(element, spec));
            }
            return new Value.Sequence(values);
        } finally {
            elements.forEach(OnnxValue::close);
        }
    }

    private static Value mapping(OnnxMap map) throws OrtException {
        Map<Object, Object> entries = new LinkedHashMap<>();
        map.getValue().forEach(entries::put);
        return new Value.Mapping(entries);
    }
}
