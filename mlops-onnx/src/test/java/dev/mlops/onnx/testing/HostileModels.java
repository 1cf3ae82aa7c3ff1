package dev.mlops.onnx.testing;

import static dev.mlops.onnx.testing.TestModels.graph;
import static dev.mlops.onnx.testing.TestModels.model;
import static dev.mlops.onnx.testing.TestModels.node;
import static dev.mlops.onnx.testing.TestModels.tensor;
import static dev.mlops.onnx.testing.TestModels.value;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.mlops.api.model.ElementType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Models that somebody made to do harm; each takes {@code x} and gives {@code y}, both FLOAT[n]. */
public final class HostileModels {
    private HostileModels() {}

    /** All that lie in one file, by what is wrong with them. */
    public static Map<String, byte[]> all() {
        Map<String, byte[]> models = new LinkedHashMap<>();
        models.put("cyclic graph", of(graph(node("Add", "x,y", "z"), node("Relu", "z", "y"))));
        models.put("node that feeds itself", of(graph(node("Add", "x,y", "y"))));
        models.put("output given twice", of(graph(node("Relu", "x", "y"), node("Neg", "x", "y"))));
        models.put("input that nobody gives", of(graph(node("Add", "x,nowhere", "y"))));
        models.put("output that nobody gives", of(graph(node("Relu", "x", "z"))));
        models.put("unknown operator", of(graph(node("Explode", "x", "y"))));
        models.put("operator without inputs", of(graph(node("Add", "", "y"))));
        models.put("weights of 2^40 elements without data", weights(TensorProto.newBuilder(), 1L << 40));
        models.put("weights whose size overflows", weights(TensorProto.newBuilder(), 1L << 32, 1L << 32));
        models.put("weights of negative size", weights(TensorProto.newBuilder(), -1));
        models.put("weights of the smallest size", weights(TensorProto.newBuilder(), Long.MIN_VALUE));
        models.put("weights with less data than they claim", weights(raw(8), 1 << 20));
        models.put("weights with more data than they claim", weights(raw(1 << 16), 1));
        models.put("weights of no known type", weights(raw(4).setDataType(99), 1));
        models.put("weights without a type", weights(raw(4).setDataType(0), 1));
        models.put("weights of 1,000 dimensions", weights(raw(4), new long[1000]));
        models.put("constant of 2^40 elements", constantOfShape(1L << 40));
        models.put("constant whose size overflows", constantOfShape(1L << 62, 4));
        models.put("expansion to 2^40 elements", of(withShape(graph(node("Expand", "x,shape", "y")), 1L << 40)));
        models.put("reshape to less than nothing", of(withShape(graph(node("Reshape", "x,shape", "y")), -7)));
        models.put("graphs 20 deep", nested(20));
        models.put("graphs 200 deep", nested(200));
        models.put("chain of 5,000 operators", chain(5_000));
        models.put("function that calls itself", recursive());
        models.put("loop without end", endless());
        return models;
    }

    /** Adds weights that lie in another file. */
    public static byte[] externalData(String location, String offset, String length, long... shape) {
        TensorProto.Builder weights =
                TensorProto.newBuilder().setDataType(1).setDataLocation(TensorProto.DataLocation.EXTERNAL);
        Map.of("location", location, "offset", offset, "length", length)
                .forEach((key, text) -> weights.addExternalData(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
        return weights(weights, shape);
    }

    private static byte[] of(GraphProto.Builder graph) {
        return model(graph.addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "n"))));
    }

    private static TensorProto.Builder raw(int bytes) {
        return TensorProto.newBuilder().setDataType(1).setRawData(ByteString.copyFrom(new byte[bytes]));
    }

    private static byte[] weights(TensorProto.Builder weights, long... shape) {
        weights.setName("w");
        if (!weights.hasDataType()) {
            weights.setDataType(1);
        }
        for (long size : shape) {
            weights.addDims(size);
        }
        return of(graph(node("Add", "x,w", "y")).addInitializer(weights));
    }

    private static GraphProto.Builder withShape(GraphProto.Builder graph, long... shape) {
        TensorProto.Builder sizes =
                TensorProto.newBuilder().setName("shape").setDataType(7).addDims(shape.length);
        for (long size : shape) {
            sizes.addInt64Data(size);
        }
        return graph.addInitializer(sizes);
    }

    private static byte[] constantOfShape(long... shape) {
        return of(withShape(graph(node("ConstantOfShape", "shape", "huge"), node("Add", "x,huge", "y")), shape));
    }

    private static AttributeProto body(String name, GraphProto graph) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph)
                .build();
    }

    /** Branches in branches. */
    private static byte[] nested(int depth) {
        GraphProto inner = branch(node("Relu", "x", "v0"), "v0");
        for (int i = 1; i <= depth; i++) {
            NodeProto choice = node("If", "condition", "v" + i).toBuilder()
                    .addAttribute(body("then_branch", inner))
                    .addAttribute(body("else_branch", branch(node("Neg", "x", "e" + i), "e" + i)))
                    .build();
            inner = branch(choice, "v" + i);
        }
        return of(inner.toBuilder()
                .clearOutput()
                .addNode(node("Identity", "v" + depth, "y"))
                .addInitializer(truth("condition")));
    }

    private static GraphProto branch(NodeProto node, String output) {
        return graph(node)
                .addOutput(value(output, tensor(ElementType.FLOAT, "n")))
                .build();
    }

    private static TensorProto truth(String name) {
        return TensorProto.newBuilder()
                .setName(name)
                .setDataType(ElementType.BOOL.onnxNumber())
                .addInt32Data(1)
                .build();
    }

    private static byte[] chain(int length) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("chain");
        String last = "x";
        for (int i = 1; i < length; i++) {
            graph.addNode(node("Neg", last, "v" + i));
            last = "v" + i;
        }
        return of(graph.addNode(node("Neg", last, "y")));
    }

    private static byte[] recursive() {
        NodeProto call = node("Again", "x", "y").toBuilder().setDomain("own").build();
        FunctionProto function = FunctionProto.newBuilder()
                .setName("Again")
                .setDomain("own")
                .addInput("x")
                .addOutput("y")
                .addNode(call)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1))
                .build();
        try {
            return ModelProto.parseFrom(of(graph(call))).toBuilder()
                    .addOpsetImport(
                            OperatorSetIdProto.newBuilder().setDomain("own").setVersion(1))
                    .addFunctions(function)
                    .build()
                    .toByteArray();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] endless() {
        GraphProto body = graph(node("Identity", "goesOn", "goesOnOut"), node("Neg", "v", "vOut"))
                .addInput(value("iteration", tensor(ElementType.INT64)))
                .addInput(value("goesOn", tensor(ElementType.BOOL)))
                .addInput(value("v", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("goesOnOut", tensor(ElementType.BOOL)))
                .addOutput(value("vOut", tensor(ElementType.FLOAT, "n")))
                .build();
        NodeProto loop = node("Loop", ",goesOn,x", "y").toBuilder()
                .addAttribute(body("body", body).toBuilder())
                .build();
        return of(graph(loop).addInitializer(truth("goesOn")));
    }
}
