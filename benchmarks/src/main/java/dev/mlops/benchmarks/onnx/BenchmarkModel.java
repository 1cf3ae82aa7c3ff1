package dev.mlops.benchmarks.onnx;

import static dev.mlops.benchmarks.onnx.Graphs.FLOAT;
import static dev.mlops.benchmarks.onnx.Graphs.INT64;
import static dev.mlops.benchmarks.onnx.Graphs.STRING;
import static dev.mlops.benchmarks.onnx.Graphs.node;
import static dev.mlops.benchmarks.onnx.Graphs.shape;
import static dev.mlops.benchmarks.onnx.Graphs.texts;
import static dev.mlops.benchmarks.onnx.Graphs.value;
import static dev.mlops.benchmarks.onnx.Graphs.weights;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A model whose inputs and outputs all have the shape {@code [batch,size]}, with seeded weights.
 *
 * @param proto the model
 */
record BenchmarkModel(ModelProto proto) {
    private static final List<String> CODES = List.of("de", "fr", "it", "ja", "pt");
    private static final List<String> LANGUAGES = List.of("Deutsch", "français", "italiano", "日本語", "português");

    /** The model with the name of the JMH parameter. */
    static BenchmarkModel named(String name) {
        return switch (name) {
            case "relu4" -> relu(4);
            case "relu4096" -> relu(4096);
            case "mlp-32-64-10" -> mlp(32, 64, 10);
            case "mlp-256-1024-16" -> mlp(256, 1024, 16);
            case "inputs8" -> inputs8();
            case "strings" -> strings();
            case "tribuo-linear" -> new BenchmarkModel(TribuoLinear.export());
            case "convnet" -> convnet();
            case "encoder" -> encoder(16, 32);
            case "large" -> mlp(256, 48_000, 32);
            case "slow" -> slow(400, 256);
            default -> throw new IllegalArgumentException("no model " + name);
        };
    }

    byte[] bytes() {
        return proto.toByteArray();
    }

    /** A row for each input, of values that are always the same. */
    NamedArray[] feeds(int seed) {
        Random random = new Random(seed);
        return arrays(proto.getGraph().getInputList(), random);
    }

    /** Room for the row that each output gives. */
    NamedArray[] room() {
        return arrays(proto.getGraph().getOutputList(), null);
    }

    private static NamedArray[] arrays(List<ValueInfoProto> values, @Nullable Random random) {
        return values.stream()
                .map(value -> new NamedArray(value.getName(), array(value, random)))
                .toArray(NamedArray[]::new);
    }

    private static Object array(ValueInfoProto value, @Nullable Random random) {
        int size = size(value);
        return switch (value.getType().getTensorType().getElemType()) {
            case FLOAT -> random == null ? new float[size] : floats(size, random);
            case INT64 ->
                random == null ? new long[size] : random.longs(size, 0, 1000).toArray();
            case STRING -> random == null ? new String[size] : codes(size, random);
            default -> throw new IllegalArgumentException("no rows of " + value);
        };
    }

    private static float[] floats(int size, Random random) {
        float[] floats = new float[size];
        for (int i = 0; i < size; i++) {
            floats[i] = (float) random.nextGaussian();
        }
        return floats;
    }

    private static String[] codes(int size, Random random) {
        return random.ints(size, 0, CODES.size()).mapToObj(CODES::get).toArray(String[]::new);
    }

    private static int size(ValueInfoProto value) {
        return (int) value.getType().getTensorType().getShape().getDim(1).getDimValue();
    }

    /** How many elements a row of the first input has. */
    int inputs() {
        return size(proto.getGraph().getInput(0));
    }

    /** How many elements a row of the first output has. */
    int outputs() {
        return size(proto.getGraph().getOutput(0));
    }

    /** A row of a model with one input of floats. */
    float[] row(int seed) {
        return (float[]) feeds(seed)[0].array();
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

    /** Six inputs of floats that are added up, and two of integers. */
    private static BenchmarkModel inputs8() {
        int size = 16;
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addNode(node("Sum", "a,b,c,d,e,f", "score"))
                .addNode(node("Add", "g,h", "count"))
                .addOutput(value("score", FLOAT, size))
                .addOutput(value("count", INT64, size));
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            graph.addInput(value(name, FLOAT, size));
        }
        graph.addInput(value("g", INT64, size)).addInput(value("h", INT64, size));
        return new BenchmarkModel(Graphs.model(graph));
    }

    /** Eight codes of languages to their names. */
    private static BenchmarkModel strings() {
        NodeProto encoder = node("LabelEncoder", "x", "y").toBuilder()
                .setDomain("ai.onnx.ml")
                .addAttribute(texts("keys_strings", CODES))
                .addAttribute(texts("values_strings", LANGUAGES))
                .build();
        return new BenchmarkModel(Graphs.model(GraphProto.newBuilder()
                .addNode(encoder)
                .addInput(value("x", STRING, 8))
                .addOutput(value("y", STRING, 8))));
    }

    /** Many products with one matrix, one after another: with some rows it runs for as long as one likes. */
    private static BenchmarkModel slow(int steps, int width) {
        GraphProto.Builder graph = GraphProto.newBuilder().addInitializer(weights("w", new Random(42), width, width));
        for (int i = 0; i < steps; i++) {
            graph.addNode(node("MatMul", (i == 0 ? "x" : "t" + i) + ",w", "m" + i));
            graph.addNode(node("Tanh", "m" + i, i == steps - 1 ? "y" : "t" + (i + 1)));
        }
        return model(graph, width, width);
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
        return new BenchmarkModel(
                Graphs.model(graph.addInput(value("x", FLOAT, inputs)).addOutput(value("y", FLOAT, outputs))));
    }
}
