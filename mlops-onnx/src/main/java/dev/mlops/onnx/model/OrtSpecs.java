package dev.mlops.onnx.model;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import ai.onnxruntime.ValueInfo;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Turns what ONNX Runtime says of a session into a signature, and refuses what cannot be run safely from Java. */
final class OrtSpecs {
    private static final String PREFIX = "ONNX_TENSOR_ELEMENT_DATA_TYPE_";

    private OrtSpecs() {}

    static Signature signature(
            OrtSession session, Map<String, ValueType> inputs, Map<String, ValueType> outputs, ModelHeader header)
            throws OrtException {
        return new Signature(
                specs(inputs, header),
                specs(outputs, header),
                header.producer(),
                header.opsets(),
                session.getMetadata().getCustomMetadata());
    }

    private static List<ValueSpec> specs(Map<String, ValueType> types, ModelHeader header) {
        List<ValueSpec> specs = new ArrayList<>();
        types.forEach((name, type) -> {
            ValueSpec spec = type.spec(name);
            List<Dimension> shape = spec.shape();
            boolean rankless =
                    shape != null && shape.isEmpty() && header.rankless().contains(name);
            specs.add(rankless ? new ValueSpec(name, spec.kind(), spec.elementType(), null) : spec);
        });
        return specs;
    }

    /** The types as they were before ZipMap nodes were taken out; refuses outputs that are no matrices without them. */
    static Map<String, ValueType> zipped(
            String model, Map<String, ValueType> outputs, Map<String, List<Object>> labels) {
        Map<String, ValueType> zipped = new LinkedHashMap<>(outputs);
        labels.forEach((name, keys) -> {
            ValueType type = outputs.get(name);
            if (!(type instanceof ValueType.OfTensor) || type.elementType() != ElementType.FLOAT) {
                throw new InvalidInputException("ONNX model", model, "gives for '" + name + "' no matrix of scores");
            }
            ElementType key = keys.get(0) instanceof String ? ElementType.STRING : ElementType.INT64;
            zipped.put(name, new ValueType.OfSequence(new ValueType.OfMap(key, ElementType.FLOAT)));
        });
        return zipped;
    }

    /** The same with outputs of any rank for those that ONNX Runtime tells no dimensions of. */
    static Signature withoutScalars(Signature signature, Set<String> outputs) {
        List<ValueSpec> specs = new ArrayList<>();
        for (ValueSpec spec : signature.outputs()) {
            List<Dimension> shape = spec.shape();
            boolean unknown = outputs.contains(spec.name()) && shape != null && shape.isEmpty();
            specs.add(unknown ? new ValueSpec(spec.name(), spec.kind(), spec.elementType(), null) : spec);
        }
        return new Signature(signature.inputs(), specs, signature.producer(), signature.opsets(), signature.metadata());
    }

    /** What the Java binding tells of inputs or outputs. */
    static Map<String, ValueType> types(Collection<NodeInfo> nodes) {
        Map<String, ValueType> types = new LinkedHashMap<>();
        nodes.forEach(node -> types.put(node.getName(), type(node.getInfo())));
        return types;
    }

    private static ValueType type(ValueInfo info) {
        if (info instanceof TensorInfo tensor) {
            return new ValueType.OfTensor(elementType(tensor), dimensions(tensor));
        }
        if (info instanceof SequenceInfo sequence) {
            return new ValueType.OfSequence(
                    sequence.isSequenceOfMaps()
                            ? type(sequence.mapInfo)
                            : new ValueType.OfTensor(elementType(sequence.sequenceType), List.of()));
        }
        MapInfo map = (MapInfo) info;
        return new ValueType.OfMap(elementType(map.keyType), elementType(map.valueType));
    }

    private static List<Dimension> dimensions(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        String[] symbols = tensor.getDimensionNames();
        List<Dimension> dimensions = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            dimensions.add(ValueType.dimension(shape[i], i < symbols.length ? symbols[i] : ""));
        }
        return dimensions;
    }

    /** The exact element type, which the Java type alone does not tell (it has no unsigned ones but UINT8). */
    static ElementType elementType(TensorInfo info) {
        if (info.onnxType == TensorInfo.OnnxTensorType.ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED) {
            throw new InvalidInputException(
                    "element type",
                    info.onnxType,
                    "of 4 bits or less is not known to the Java binding of ONNX Runtime");
        }
        return ElementType.valueOf(info.onnxType.name().substring(PREFIX.length()));
    }

    private static ElementType elementType(OnnxJavaType type) {
        if (type == OnnxJavaType.UNKNOWN) {
            throw new InvalidInputException(
                    "element type", type, "cannot be read through the Java binding of ONNX Runtime");
        }
        return ElementType.valueOf(type.name());
    }

    /** Refuses inputs that cannot be given and outputs that cannot be read. */
    static void checkRunnable(
            String model, Map<String, ValueType> inputs, Map<String, ValueType> outputs, Backend backend) {
        inputs.forEach((name, type) -> {
            if (!backend.takes(type)) {
                throw new InvalidInputException(
                        "ONNX model",
                        model,
                        "takes '" + type.spec(name) + "', which " + backend.name() + " cannot hand over");
            }
        });
        outputs.forEach((name, type) -> {
            if (!backend.gives(type)) {
                throw new InvalidInputException(
                        "ONNX model",
                        model,
                        "gives '" + type.spec(name) + "', which " + backend.name() + " cannot read");
            }
        });
    }
}
