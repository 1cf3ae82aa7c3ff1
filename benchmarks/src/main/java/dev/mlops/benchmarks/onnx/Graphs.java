package dev.mlops.benchmarks.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;

/** Parts of ONNX models. */
final class Graphs {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    static final int STRING = 8;

    private Graphs() {}

    /** A model of operators of versions 13 and, of {@code ai.onnx.ml}, 3. */
    static ModelProto model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
                .setGraph(graph.setName("benchmark"))
                .build();
    }

    /** An operator with one output; inputs with commas between them. */
    static NodeProto node(String operator, String inputs, String output) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setName(output).setOpType(operator).addOutput(output);
        for (String input : inputs.split(",", -1)) {
            node.addInput(input);
        }
        return node.build();
    }

    static AttributeProto texts(String name, List<String> texts) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.STRINGS)
                .addAllStrings(texts.stream().map(ByteString::copyFromUtf8).toList())
                .build();
    }

    /** An initializer that gives a shape. */
    static TensorProto shape(String name, long... dimensions) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(dimensions.length);
        for (long dimension : dimensions) {
            tensor.addInt64Data(dimension);
        }
        return tensor.build();
    }

    /** An initializer of seeded floats. */
    static TensorProto weights(String name, Random random, int... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        int count = 1;
        for (int size : shape) {
            tensor.addDims(size);
            count *= size;
        }
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat((float) random.nextGaussian() / 8);
        }
        return tensor.setRawData(ByteString.copyFrom(bytes.flip())).build();
    }

    /** An input or output of the shape {@code [batch,size]}. */
    static ValueInfoProto value(String name, int type, int size) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size))
                .build();
        TypeProto.Tensor tensor =
                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
