package dev.mlops.benchmarks.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.Random;

/**
 * A model from {@code x: FLOAT[1,inputs]} to {@code y: FLOAT[1,outputs]}.
 *
 * @param proto the model
 * @param inputs how many floats it takes
 * @param outputs how many it gives
 */
record BenchmarkModel(ModelProto proto, int inputs, int outputs) {
    private static final int FLOAT = 1;

    /** The model with the name of the JMH parameter. */
    static BenchmarkModel named(String name) {
        return switch (name) {
            case "relu4" -> relu(4);
            case "mlp-32-64-10" -> mlp(32, 64, 10);
            default -> throw new IllegalArgumentException("no model " + name);
        };
    }

    byte[] bytes() {
        return proto.toByteArray();
    }

    private static BenchmarkModel relu(int size) {
        return model(GraphProto.newBuilder().addNode(node("Relu", "x", "y")), size, size);
    }

    private static BenchmarkModel mlp(int inputs, int hidden, int outputs) {
        Random random = new Random(42);
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInitializer(weights("w1", random, inputs, hidden))
                .addInitializer(weights("b1", random, hidden))
                .addInitializer(weights("w2", random, hidden, outputs))
                .addInitializer(weights("b2", random, outputs))
                .addNode(node("Gemm", "x,w1,b1", "h1"))
                .addNode(node("Relu", "h1", "h2"))
                .addNode(node("Gemm", "h2,w2,b2", "scores"))
                .addNode(node("Softmax", "scores", "y"));
        return model(graph, inputs, outputs);
    }

    private static BenchmarkModel model(GraphProto.Builder graph, int inputs, int outputs) {
        graph.setName("benchmark").addInput(value("x", inputs)).addOutput(value("y", outputs));
        ModelProto proto = ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(13))
                .setGraph(graph)
                .build();
        return new BenchmarkModel(proto, inputs, outputs);
    }

    private static NodeProto node(String operator, String inputs, String output) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setName(output).setOpType(operator).addOutput(output);
        for (String input : inputs.split(",", -1)) {
            node.addInput(input);
        }
        return node.build();
    }

    private static TensorProto weights(String name, Random random, int... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(FLOAT);
        int count = 1;
        for (int size : shape) {
            tensor.addDims(size);
            count *= size;
        }
        for (int i = 0; i < count; i++) {
            tensor.addFloatData((float) random.nextGaussian() / 8);
        }
        return tensor.build();
    }

    private static ValueInfoProto value(String name, int size) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(1))
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size))
                .build();
        TypeProto.Tensor tensor =
                TypeProto.Tensor.newBuilder().setElemType(FLOAT).setShape(shape).build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }
}
