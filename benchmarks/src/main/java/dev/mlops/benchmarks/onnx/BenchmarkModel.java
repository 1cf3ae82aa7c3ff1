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
import java.util.Random;

/**
 * A model from {@code x: FLOAT[batch,inputs]} to {@code y: FLOAT[batch,outputs]}, with seeded weights.
 *
 * @param proto the model
 * @param inputs how many floats a row has
 * @param outputs how many floats it gives for a row
 */
record BenchmarkModel(ModelProto proto, int inputs, int outputs) {
    private static final int FLOAT = 1;
    private static final int INT64 = 7;

    /** The model with the name of the JMH parameter. */
    static BenchmarkModel named(String name) {
        return switch (name) {
            case "relu4" -> relu(4);
            case "relu4096" -> relu(4096);
            case "mlp-32-64-10" -> mlp(32, 64, 10);
            case "mlp-256-1024-16" -> mlp(256, 1024, 16);
            case "convnet" -> convnet();
            case "encoder" -> encoder(16, 32);
            case "large" -> mlp(256, 48_000, 32);
            default -> throw new IllegalArgumentException("no model " + name);
        };
    }

    byte[] bytes() {
        return proto.toByteArray();
    }

    /** A row of floats that are always the same. */
    float[] row(int seed) {
        Random random = new Random(seed);
        float[] row = new float[inputs];
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        return row;
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

    /** Two convolutions over an image of 3 times 32 times 32, the mean of each of 16 maps, and a layer of 10. */
    private static BenchmarkModel convnet() {
        Random random = new Random(42);
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInitializer(shape("image", -1, 3, 32, 32))
                .addInitializer(weights("k1", random, 8, 3, 3, 3))
                .addInitializer(weights("k2", random, 16, 8, 3, 3))
                .addInitializer(weights("w", random, 16, 10))
                .addInitializer(weights("b", random, 10))
                .addNode(node("Reshape", "x,image", "v"))
                .addNode(node("Conv", "v,k1", "c1"))
                .addNode(node("Relu", "c1", "r1"))
                .addNode(node("Conv", "r1,k2", "c2"))
                .addNode(node("Relu", "c2", "r2"))
                .addNode(node("GlobalAveragePool", "r2", "p"))
                .addNode(node("Flatten", "p", "f"))
                .addNode(node("Gemm", "f,w,b", "y"));
        return model(graph, 3 * 32 * 32, 10);
    }

    /** One block of a transformer encoder: attention with one head, and a layer of 4 times the width. */
    private static BenchmarkModel encoder(int tokens, int width) {
        Random random = new Random(42);
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInitializer(shape("sequence", -1, tokens, width))
                .addInitializer(shape("flat", -1, (long) tokens * width))
                .addInitializer(weights("wq", random, width, width))
                .addInitializer(weights("wk", random, width, width))
                .addInitializer(weights("wv", random, width, width))
                .addInitializer(weights("w1", random, width, 4 * width))
                .addInitializer(weights("w2", random, 4 * width, width))
                .addNode(node("Reshape", "x,sequence", "s"))
                .addNode(node("MatMul", "s,wq", "q"))
                .addNode(node("MatMul", "s,wk", "k"))
                .addNode(node("MatMul", "s,wv", "v"))
                .addNode(node("Transpose", "k", "kt").toBuilder()
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("perm")
                                .setType(AttributeProto.AttributeType.INTS)
                                .addInts(0)
                                .addInts(2)
                                .addInts(1))
                        .build())
                .addNode(node("MatMul", "q,kt", "scores"))
                .addNode(node("Softmax", "scores", "attention"))
                .addNode(node("MatMul", "attention,v", "mixed"))
                .addNode(node("Add", "mixed,s", "residual"))
                .addNode(node("MatMul", "residual,w1", "wide"))
                .addNode(node("Relu", "wide", "active"))
                .addNode(node("MatMul", "active,w2", "narrow"))
                .addNode(node("Add", "narrow,residual", "encoded"))
                .addNode(node("Reshape", "encoded,flat", "y"));
        return model(graph, tokens * width, tokens * width);
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

    private static TensorProto shape(String name, long... dimensions) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setName(name).setDataType(INT64).addDims(dimensions.length);
        for (long dimension : dimensions) {
            tensor.addInt64Data(dimension);
        }
        return tensor.build();
    }

    private static TensorProto weights(String name, Random random, int... shape) {
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

    private static ValueInfoProto value(String name, int size) {
        TensorShapeProto shape = TensorShapeProto.newBuilder()
                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"))
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
