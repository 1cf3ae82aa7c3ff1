package dev.mlops.examples;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The smallest model that is of use: {@code y = x * factor + offset}, for rows of three numbers. */
final class TinyModel {
    private static final int IR_VERSION = 8;
    private static final int OPSET = 13;
    private static final int FLOAT = TensorProto.DataType.FLOAT.getNumber();
    private static final int COLUMNS = 3;

    private TinyModel() {}

    /** {@code y = x + offset}, which has no input beside the rows, so that rows of several callers can be run together. */
    static byte[] rowsOnly(float offset) {
        return model(graph(offset).addNode(node("Add", "x", "offset", "y")));
    }

    /** The bytes of the ONNX file, with {@code offset} inside and {@code x} and {@code factor} as inputs. */
    static byte[] bytes(float offset) {
        return model(graph(offset)
                .addInput(tensor("factor"))
                .addNode(node("Mul", "x", "factor", "scaled"))
                .addNode(node("Add", "scaled", "offset", "y")));
    }

    private static GraphProto.Builder graph(float offset) {
        return GraphProto.newBuilder()
                .setName("tiny")
                .addInput(tensor("x", batch(), fixed(COLUMNS)))
                .addInitializer(TensorProto.newBuilder()
                        .setName("offset")
                        .setDataType(FLOAT)
                        .addFloatData(offset))
                .addOutput(tensor("y", batch(), fixed(COLUMNS)));
    }

    private static byte[] model(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("dev.mlops.examples")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }

    /** Writes the ONNX file. */
    static Path write(Path file, float offset) {
        try {
            return Files.write(file, bytes(offset));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NodeProto node(String operator, String left, String right, String output) {
        return NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(left)
                .addInput(right)
                .addOutput(output)
                .build();
    }

    private static ValueInfoProto tensor(String name, TensorShapeProto.Dimension... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (TensorShapeProto.Dimension dimension : dimensions) {
            shape.addDim(dimension);
        }
        TypeProto.Tensor type =
                TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    private static TensorShapeProto.Dimension batch() {
        return TensorShapeProto.Dimension.newBuilder().setDimParam("batch").build();
    }

    private static TensorShapeProto.Dimension fixed(long size) {
        return TensorShapeProto.Dimension.newBuilder().setDimValue(size).build();
    }
}
