package dev.mlops.onnx.testing;

import ai.onnx.proto.OnnxMl.AttributeProto;
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
import dev.mlops.api.model.ElementType;

/** ONNX models built with the protobuf classes. Dimensions are numbers, names, or null where open. */
public final class TestModels {
    private TestModels() {}

    /** {@code y = Relu(x)} on FLOAT[batch,4]. */
    public static byte[] relu() {
        return model(graph(node("Relu", "x", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "batch", 4)))
                .addOutput(value("y", tensor(ElementType.FLOAT, "batch", 4))));
    }

    /** {@code y = x} of one element type and shape. */
    public static byte[] identity(ElementType type, Object... shape) {
        return model(graph(node("Identity", "x", "y"))
                .addInput(value("x", tensor(type, shape)))
                .addOutput(value("y", tensor(type, shape))));
    }

    /** {@code y} is {@code x} as another element type; both FLOAT[n] or of types of 8 and 4 bits. */
    public static byte[] cast(ElementType from, ElementType to) {
        NodeProto cast = node("Cast", "x", "y").toBuilder()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("to")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(to.onnxNumber()))
                .build();
        return header(graph(cast).addInput(value("x", tensor(from, "n"))).addOutput(value("y", tensor(to, "n"))))
                .setIrVersion(11)
                .setOpsetImport(0, OperatorSetIdProto.newBuilder().setDomain("").setVersion(23))
                .build()
                .toByteArray();
    }

    /** {@code y = (x - 0) * scale} of quantized numbers. */
    public static byte[] dequantize(ElementType type, float scale) {
        return header(graph(node("DequantizeLinear", "x,scale", "y"))
                        .addInitializer(floats("scale", new long[0], scale))
                        .addInput(value("x", tensor(type, "n")))
                        .addOutput(value("y", tensor(ElementType.FLOAT, "n"))))
                .setIrVersion(11)
                .setOpsetImport(0, OperatorSetIdProto.newBuilder().setDomain("").setVersion(21))
                .build()
                .toByteArray();
    }

    /** {@code sum = a + b}, {@code product = a * b} on FLOAT[n,m], with metadata. */
    public static byte[] twoInputs() {
        GraphProto.Builder graph = graph(node("Add", "a,b", "sum"), node("Mul", "a,b", "product"))
                .addInput(value("a", tensor(ElementType.FLOAT, "n", "m")))
                .addInput(value("b", tensor(ElementType.FLOAT, "n", "m")))
                .addOutput(value("sum", tensor(ElementType.FLOAT, "n", "m")))
                .addOutput(value("product", tensor(ElementType.FLOAT, "n", "m")));
        return header(graph)
                .addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey("task").setValue("arithmetic"))
                .build()
                .toByteArray();
    }

    /** {@code y = x · w} with {@code w} an initializer that is listed among the inputs too. */
    public static byte[] linear() {
        return model(graph(node("MatMul", "x,w", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "batch", 2)))
                .addInput(value("w", tensor(ElementType.FLOAT, 2, 1)))
                .addInitializer(floats("w", new long[] {2, 1}, 10, 1))
                .addOutput(value("y", tensor(ElementType.FLOAT, "batch", 1))));
    }

    /** Declares that {@code y} has the shape of {@code x}, but gives only the elements that are not zero, transposed. */
    public static byte[] wrongOutputShape() {
        return model(graph(node("NonZero", "x", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.INT64, 1, "n"))));
    }

    /** Gives the indexes of the elements that are not zero, of which nobody knows before how many there are. */
    public static byte[] nonZero() {
        return model(graph(node("NonZero", "x", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.INT64, 1, "found"))));
    }

    /** By a ZipMap node, a map of scores for each row. */
    public static byte[] zipMap(String... labels) {
        return zipMap(zipMapNode(labels), "n", labels.length).build().toByteArray();
    }

    /** The same with labels that are numbers. */
    public static byte[] zipMap(long... labels) {
        AttributeProto.Builder numbers =
                AttributeProto.newBuilder().setName("classlabels_int64s").setType(AttributeProto.AttributeType.INTS);
        for (long label : labels) {
            numbers.addInts(label);
        }
        return zipMap(zipMapNode().toBuilder().setAttribute(0, numbers).build(), "n", labels.length)
                .build()
                .toByteArray();
    }

    public static NodeProto zipMapNode(String... labels) {
        AttributeProto.Builder names = AttributeProto.newBuilder()
                .setName("classlabels_strings")
                .setType(AttributeProto.AttributeType.STRINGS);
        for (String label : labels) {
            names.addStrings(ByteString.copyFromUtf8(label));
        }
        return node("ZipMap", "x", "scores").toBuilder()
                .setDomain("ai.onnx.ml")
                .addAttribute(names)
                .build();
    }

    /** A model of such a node on {@code x}, FLOAT of a shape. */
    public static ModelProto.Builder zipMap(NodeProto node, Object... shape) {
        return header(graph(node)
                .addInput(value("x", tensor(ElementType.FLOAT, shape)))
                .addOutput(value("scores", sequence(map(ElementType.STRING, tensor(ElementType.FLOAT))))));
    }

    /** A sequence of two tensors that are {@code x}. */
    public static byte[] sequenceOf(ElementType type) {
        return model(graph(node("SequenceConstruct", "x,x", "y"))
                .addInput(value("x", tensor(type, "n")))
                .addOutput(value("y", sequence(tensor(type, "n")))));
    }

    /** Takes a sequence, which the Java binding cannot give. */
    public static byte[] sequenceInput() {
        return model(graph(node("SequenceLength", "x", "y"))
                .addInput(value("x", sequence(tensor(ElementType.FLOAT, "n"))))
                .addOutput(value("y", tensor(ElementType.INT64))));
    }

    /** Gives an optional value that is there. */
    public static byte[] optionalOutput() {
        return model(graph(node("Optional", "x", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", optional(tensor(ElementType.FLOAT, "n")))));
    }

    /** Gives {@code x} if it is told to, else an optional value that is none. */
    public static byte[] maybe() {
        TypeProto type = tensor(ElementType.FLOAT, "n");
        NodeProto none = node("Optional", "", "none").toBuilder()
                .clearInput()
                .addAttribute(AttributeProto.newBuilder()
                        .setName("type")
                        .setType(AttributeProto.AttributeType.TYPE_PROTO)
                        .setTp(type))
                .build();
        NodeProto choice = node("If", "told", "y").toBuilder()
                .addAttribute(branch("then_branch", node("Optional", "x", "some"), value("some", optional(type))))
                .addAttribute(branch("else_branch", none, value("none", optional(type))))
                .build();
        return model(graph(choice)
                .addInput(value("x", type))
                .addInput(value("told", tensor(ElementType.BOOL)))
                .addOutput(value("y", optional(type))));
    }

    private static AttributeProto branch(String name, NodeProto node, ValueInfoProto output) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(graph(node).addOutput(output))
                .build();
    }

    /** Says whether its optional input has a value, which is of this type. */
    public static byte[] optionalInput(TypeProto type) {
        return model(graph(node("OptionalHasElement", "x", "has"), node("Identity", "x", "y"))
                .addInput(value("x", optional(type)))
                .addOutput(value("has", tensor(ElementType.BOOL)))
                .addOutput(value("y", optional(type))));
    }

    /** {@code y = x} of any kind. */
    public static byte[] identity(TypeProto type) {
        return model(
                graph(node("Identity", "x", "y")).addInput(value("x", type)).addOutput(value("y", type)));
    }

    /** Makes a row of the values of a map, in the order of these keys. */
    public static byte[] mapInput(String... keys) {
        AttributeProto.Builder names =
                AttributeProto.newBuilder().setName("string_vocabulary").setType(AttributeProto.AttributeType.STRINGS);
        for (String key : keys) {
            names.addStrings(ByteString.copyFromUtf8(key));
        }
        NodeProto node = node("DictVectorizer", "x", "y").toBuilder()
                .setDomain("ai.onnx.ml")
                .addAttribute(names)
                .build();
        return model(graph(node)
                .addInput(value("x", map(ElementType.STRING, tensor(ElementType.FLOAT))))
                .addOutput(value("y", tensor(ElementType.FLOAT, 1, keys.length))));
    }

    /** {@code y = Relu(x)} on FLOAT of any rank, the output without a declared type. */
    public static byte[] anyRank() {
        TypeProto unranked = TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(1))
                .build();
        return model(
                graph(node("Relu", "x", "y")).addInput(value("x", unranked)).addOutput(value("y", unranked)));
    }

    /** {@code y = table[index]}, which fails on an index out of range. */
    public static byte[] lookup() {
        return model(graph(node("Gather", "table,index", "y"))
                .addInitializer(floats("table", new long[] {3}, 1, 2, 3))
                .addInput(value("index", tensor(ElementType.INT64, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "n"))));
    }

    /** As {@link #lookup}, but there is nothing to find. */
    public static byte[] lookupOfEmptyTable() {
        return model(graph(node("Gather", "table,index", "y"))
                .addInitializer(floats("table", new long[] {0}))
                .addInput(value("index", tensor(ElementType.INT64, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "n"))));
    }

    /** Many products of large matrices one after another: runs for seconds. */
    public static byte[] slow() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("slow");
        int steps = 400;
        for (int i = 0; i < steps; i++) {
            graph.addNode(node("MatMul", "v" + i + ",v" + i, "m" + i));
            graph.addNode(node("Tanh", "m" + i, "v" + (i + 1)));
        }
        return model(graph.addInput(value("v0", tensor(ElementType.FLOAT, "n", "n")))
                .addOutput(value("v" + steps, tensor(ElementType.FLOAT, "n", "n"))));
    }

    /** {@code y = x} on FLOAT[n,512], after many products with a large matrix: takes some time for each row. */
    public static byte[] slowRows() {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("slowRows");
        int steps = 60;
        for (int i = 0; i < steps; i++) {
            graph.addNode(node("MatMul", "v" + i + ",w", "v" + (i + 1)));
        }
        float[] identity = new float[512 * 512];
        for (int i = 0; i < 512; i++) {
            identity[i * 512 + i] = 1;
        }
        return model(graph.addInitializer(floats("w", new long[] {512, 512}, identity))
                .addInput(value("v0", tensor(ElementType.FLOAT, "n", 512)))
                .addOutput(value("v" + steps, tensor(ElementType.FLOAT, "n", 512))));
    }

    /** {@code y = x + offset} on FLOAT[n]. */
    public static byte[] plus(float offset) {
        return model(graph(node("Add", "x,offset", "y"))
                .addInitializer(floats("offset", new long[] {1}, offset))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "n"))));
    }

    /** {@code y} says of each row of {@code x} how many rows were run with it. */
    public static byte[] rowCount() {
        return model(graph(
                        node("Shape", "x", "shape"),
                        node("Cast", "shape", "count").toBuilder()
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("to")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(ElementType.FLOAT.onnxNumber()))
                                .build(),
                        node("Mul", "x,zero", "nothing"),
                        node("Add", "nothing,count", "y"))
                .addInitializer(floats("zero", new long[] {1}, 0))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "n"))));
    }

    /** Gives only the rows that are not zero, although it says that it may give any number. */
    public static byte[] fewerRows() {
        return model(graph(
                        node("Cast", "x", "kept").toBuilder()
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("to")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(ElementType.BOOL.onnxNumber()))
                                .build(),
                        node("Compress", "x,kept", "y"))
                .addInput(value("x", tensor(ElementType.FLOAT, "n")))
                .addOutput(value("y", tensor(ElementType.FLOAT, "k"))));
    }

    public static byte[] model(GraphProto.Builder graph) {
        return header(graph).build().toByteArray();
    }

    private static ModelProto.Builder header(GraphProto.Builder graph) {
        return ModelProto.newBuilder()
                .setIrVersion(8)
                .setProducerName("mlops-tests")
                .setProducerVersion("1")
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(18))
                .addOpsetImport(
                        OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(3))
                .setGraph(graph);
    }

    public static GraphProto.Builder graph(NodeProto... nodes) {
        GraphProto.Builder graph = GraphProto.newBuilder().setName("graph");
        for (NodeProto node : nodes) {
            graph.addNode(node);
        }
        return graph;
    }

    public static NodeProto node(String operator, String inputs, String output) {
        NodeProto.Builder node =
                NodeProto.newBuilder().setOpType(operator).setName(output).addOutput(output);
        for (String input : inputs.split(",", -1)) {
            node.addInput(input);
        }
        return node.build();
    }

    public static ValueInfoProto value(String name, TypeProto type) {
        return ValueInfoProto.newBuilder().setName(name).setType(type).build();
    }

    public static TypeProto tensor(ElementType type, Object... dimensions) {
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
        return TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder()
                        .setElemType(type.onnxNumber())
                        .setShape(shape))
                .build();
    }

    public static TypeProto optional(TypeProto element) {
        return TypeProto.newBuilder()
                .setOptionalType(TypeProto.Optional.newBuilder().setElemType(element))
                .build();
    }

    public static TypeProto sequence(TypeProto element) {
        return TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(element))
                .build();
    }

    public static TypeProto map(ElementType key, TypeProto value) {
        return TypeProto.newBuilder()
                .setMapType(
                        TypeProto.Map.newBuilder().setKeyType(key.onnxNumber()).setValueType(value))
                .build();
    }

    private static TensorProto floats(String name, long[] shape, float... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(1);
        for (long dimension : shape) {
            tensor.addDims(dimension);
        }
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor.build();
    }
}
