package dev.mlops.core.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;

/** ONNX models of several shapes, built with the protobuf classes. */
final class Models {
    private Models() {}

    /** Two inputs (one an initializer), two outputs, two operator sets, metadata and a weight. */
    static ModelProto classifier() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .setName("classifier")
                .addNode(NodeProto.newBuilder()
                        .setOpType("MatMul")
                        .addInput("pixels")
                        .addInput("w")
                        .addOutput("y"))
                .addInitializer(weight("w", 64 * 10))
                .addInput(value("pixels", tensor(1, "batch", 64)))
                .addInput(value("w", tensor(1, 64, 10)))
                .addOutput(value("labels", tensor(7, "batch")))
                .addOutput(value("probabilities", sequence(map(tensor(1)))));
        return model(graph)
                .addOpsetImport(opset("ai.onnx.ml", 3))
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("author").setValue("Ünï"))
                .build();
    }

    static ModelProto.Builder model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("trainer")
                .setProducerVersion("1.2")
                .addOpsetImport(opset("", 13))
                .setGraph(graph);
    }

    static OperatorSetIdProto opset(String domain, long version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    static TensorProto weight(String name, int floats) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(1)
                .addDims(floats)
                .setRawData(ByteString.copyFrom(new byte[floats * 4]))
                .build();
    }

    static ValueInfoProto value(String name, TypeProto type) {
        return ValueInfoProto.newBuilder().setName(name).setType(type).build();
    }

    /** A tensor type; each dimension is a number, a name, or null when it is open. */
    static TypeProto tensor(int elementType, Object... dimensions) {
        return TypeProto.newBuilder()
                .setTensorType(
                        TypeProto.Tensor.newBuilder().setElemType(elementType).setShape(shape(dimensions)))
                .build();
    }

    static TypeProto tensorOfAnyRank(int elementType) {
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(elementType))
                .build();
    }

    static TypeProto sparse(int elementType, Object... dimensions) {
        return TypeProto.newBuilder()
                .setSparseTensorType(TypeProto.SparseTensor.newBuilder()
                        .setElemType(elementType)
                        .setShape(shape(dimensions)))
                .build();
    }

    static TypeProto sequence(TypeProto element) {
        return TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(element))
                .build();
    }

    static TypeProto map(TypeProto value) {
        return TypeProto.newBuilder()
                .setMapType(TypeProto.Map.newBuilder().setKeyType(7).setValueType(value))
                .build();
    }

    static TypeProto optional(TypeProto element) {
        return TypeProto.newBuilder()
                .setOptionalType(TypeProto.Optional.newBuilder().setElemType(element))
                .build();
    }

    private static TensorShapeProto shape(Object... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object dimension : dimensions) {
            TensorShapeProto.Dimension.Builder built = TensorShapeProto.Dimension.newBuilder();
            if (dimension instanceof Number number) {
                built.setDimValue(number.longValue());
            } else if (dimension instanceof String name) {
                built.setDimParam(name);
            }
            shape.addDim(built);
        }
        return shape.build();
    }
}
