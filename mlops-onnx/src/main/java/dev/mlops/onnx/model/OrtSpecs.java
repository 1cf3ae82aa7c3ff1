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
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Turns what ONNX Runtime says of a session into a signature, and refuses what cannot be run safely from Java. */
final class OrtSpecs {
    private OrtSpecs() {}

    static Signature signature(OrtSession session, ModelHeader header) throws OrtException {
        return new Signature(
                specs(session.getInputInfo().values(), header),
                specs(session.getOutputInfo().values(), header),
                header.producer(),
                header.opsets(),
                metadata(session));
    }

    private static Map<String, String> metadata(OrtSession session) throws OrtException {
        return session.getMetadata().getCustomMetadata();
    }

    private static List<ValueSpec> specs(Collection<NodeInfo> nodes, ModelHeader header) {
        List<ValueSpec> specs = new ArrayList<>();
        for (NodeInfo node : nodes) {
            specs.add(spec(node.getName(), node.getInfo(), header));
        }
        return specs;
    }

    private static ValueSpec spec(String name, ValueInfo info, ModelHeader header) {
        if (info instanceof TensorInfo tensor) {
            boolean ranked = tensor.getShape().length > 0 || !header.rankless().contains(name);
            return new ValueSpec(name, ValueKind.TENSOR, elementType(tensor), ranked ? dimensions(tensor) : null);
        }
        if (info instanceof SequenceInfo sequence) {
            OnnxJavaType type = sequence.isSequenceOfMaps() ? sequence.mapInfo.valueType : sequence.sequenceType;
            return new ValueSpec(name, ValueKind.SEQUENCE, elementType(type), null);
        }
        return new ValueSpec(name, ValueKind.MAP, elementType(((MapInfo) info).valueType), null);
    }

    private static List<Dimension> dimensions(TensorInfo tensor) {
        long[] shape = tensor.getShape();
        String[] symbols = tensor.getDimensionNames();
        List<Dimension> dimensions = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            String symbol = i < symbols.length ? symbols[i] : "";
            dimensions.add(dimension(shape[i], symbol));
        }
        return dimensions;
    }

    private static Dimension dimension(long size, String symbol) {
        if (size >= 0) {
            return Dimension.fixed(size);
        }
        return symbol.isEmpty() ? Dimension.open() : Dimension.symbolic(symbol);
    }

    /** The exact element type, which the Java type alone does not tell (it has no unsigned ones but UINT8). */
    static ElementType elementType(TensorInfo info) {
        return switch (info.onnxType) {
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> ElementType.UINT16;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> ElementType.UINT32;
            case ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> ElementType.UINT64;
            default -> elementType(info.type);
        };
    }

    private static ElementType elementType(OnnxJavaType type) {
        if (type == OnnxJavaType.UNKNOWN) {
            throw new InvalidInputException(
                    "element type", type, "cannot be read through the Java binding of ONNX Runtime");
        }
        return ElementType.valueOf(type.name());
    }

    /** Refuses inputs that cannot be given and outputs that cannot be read. */
    static void checkRunnable(String model, OrtSession session, Signature signature, Backend backend)
            throws OrtException {
        for (ValueSpec input : signature.inputs()) {
            ElementType type = input.elementType();
            if (input.kind() != ValueKind.TENSOR || type == null || !backend.takes(type)) {
                throw new InvalidInputException(
                        "ONNX model", model, "takes '" + input + "', which " + backend.name() + " cannot hand over");
            }
        }
        for (NodeInfo output : session.getOutputInfo().values()) {
            if (output.getInfo() instanceof SequenceInfo sequence
                    && !sequence.isSequenceOfMaps()
                    && !backend.readsSequencesOf(elementType(sequence.sequenceType))) {
                throw new InvalidInputException(
                        "ONNX model",
                        model,
                        "gives '" + output.getName() + "', a sequence of " + sequence.sequenceType + " tensors, which "
                                + backend.name() + " cannot read");
            }
        }
    }
}
