package dev.mlops.onnx.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the ZipMap nodes that give outputs out of a model. Such a node turns a matrix of scores into a map for each row, which
 * costs several times what a small model does; without it the output is the matrix, and the labels are kept here. Field
 * numbers are those of {@code onnx.proto3}.
 */
final class ZipMaps {
    private static final int GRAPH = 7;
    private static final int OPERATOR_SETS = 8;
    private static final int NODE = 1;
    private static final int OUTPUT = 12;

    private final byte[] bytes;
    private final Map<String, List<Object>> labels;

    private ZipMaps(byte[] bytes, Map<String, List<Object>> labels) {
        this.bytes = bytes;
        this.labels = Map.copyOf(labels);
    }

    /** The model without the nodes. */
    byte[] bytes() {
        return bytes;
    }

    /** The labels of each output that is a matrix now, Strings or Longs. */
    Map<String, List<Object>> labels() {
        return labels;
    }

    /** The model without its ZipMap nodes; null if it has none, or is none that this can change. */
    static @Nullable ZipMaps strip(byte[] model) {
        try {
            Map<String, Node> nodes = zipMaps(model);
            if (nodes.isEmpty()) {
                return null;
            }
            Map<String, List<Object>> labels = new HashMap<>();
            nodes.forEach((output, node) -> labels.put(output, List.copyOf(node.labels)));
            return new ZipMaps(rewrite(model, nodes), labels);
        } catch (IOException e) {
            return null;
        }
    }

    /** A node as far as it matters here. */
    private static final class Node {
        private final List<String> inputs = new ArrayList<>();
        private final List<String> outputs = new ArrayList<>();
        private final List<Object> labels = new ArrayList<>();
        private String operator = "";
        private String domain = "";

        private boolean isZipMap() {
            return operator.equals("ZipMap")
                    && domain.equals("ai.onnx.ml")
                    && inputs.size() == 1
                    && outputs.size() == 1
                    && !labels.isEmpty();
        }

        private static Node read(ProtoFields fields) throws IOException {
            Node node = new Node();
            while (fields.next()) {
                if (fields.is(1)) {
                    node.inputs.add(fields.text());
                } else if (fields.is(2)) {
                    node.outputs.add(fields.text());
                } else if (fields.is(4)) {
                    node.operator = fields.text();
                } else if (fields.is(7)) {
                    node.domain = fields.text();
                } else if (fields.is(5)) {
                    node.label(fields.message());
                }
            }
            return node;
        }

        private void label(ProtoFields attribute) throws IOException {
            String name = "";
            List<Object> found = new ArrayList<>();
            while (attribute.next()) {
                if (attribute.is(1)) {
                    name = attribute.text();
                } else if (attribute.is(9)) {
                    found.add(attribute.text());
                } else if (attribute.number() == 8) {
                    for (long label : attribute.numbers()) {
                        found.add(label);
                    }
                }
            }
            if (name.equals("classlabels_strings") || name.equals("classlabels_int64s")) {
                labels.addAll(found);
            }
        }
    }

    /** The ZipMap nodes that give outputs which nothing else uses, by the output. */
    private static Map<String, Node> zipMaps(byte[] model) throws IOException {
        Map<String, Node> nodes = new HashMap<>();
        Set<String> outputs = new HashSet<>();
        Set<String> used = new HashSet<>();
        ProtoFields fields = graph(model);
        while (fields.next()) {
            if (fields.is(OUTPUT)) {
                outputs.add(name(fields.message()));
            } else if (fields.is(NODE)) {
                Node node = Node.read(fields.message());
                used.addAll(node.inputs);
                if (node.isZipMap()) {
                    nodes.put(node.outputs.get(0), node);
                }
            }
        }
        nodes.keySet().retainAll(outputs);
        nodes.keySet().removeAll(used);
        return nodes;
    }

    private static ProtoFields graph(byte[] model) throws IOException {
        ProtoFields fields = new ProtoFields(model);
        ProtoFields graph = null;
        while (fields.next()) {
            if (fields.is(GRAPH)) {
                if (graph != null) {
                    throw new IOException("two graphs, which readers of protocol buffers put together");
                }
                graph = fields.message();
            }
        }
        if (graph == null) {
            throw new IOException("no graph");
        }
        return graph;
    }

    private static String name(ProtoFields value) throws IOException {
        String name = "";
        while (value.next()) {
            name = value.is(1) ? value.text() : name;
        }
        return name;
    }

    private static byte[] rewrite(byte[] model, Map<String, Node> nodes) throws IOException {
        ProtoBytes rewritten = new ProtoBytes();
        ProtoFields fields = new ProtoFields(model);
        boolean hasOperators = false;
        while (fields.next()) {
            if (fields.is(GRAPH)) {
                rewritten.message(GRAPH, rewrite(fields.message(), nodes));
            } else {
                hasOperators |= fields.is(OPERATOR_SETS) && isStandard(name(fields.message()));
                fields.copyTo(rewritten);
            }
        }
        if (!hasOperators) {
            rewritten.message(OPERATOR_SETS, new ProtoBytes().text(1, "").number(2, 13));
        }
        return rewritten.toByteArray();
    }

    private static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private static ProtoBytes rewrite(ProtoFields graph, Map<String, Node> nodes) throws IOException {
        ProtoBytes rewritten = new ProtoBytes();
        while (graph.next()) {
            Node node = graph.is(NODE) ? Node.read(graph.message()) : null;
            String output = graph.is(OUTPUT) ? name(graph.message()) : "";
            if (node != null && node.isZipMap() && nodes.containsKey(node.outputs.get(0))) {
                rewritten.message(NODE, identity(node));
            } else if (nodes.containsKey(output)) {
                rewritten.message(OUTPUT, matrix(output));
            } else {
                graph.copyTo(rewritten);
            }
        }
        return rewritten;
    }

    private static ProtoBytes identity(Node node) {
        return new ProtoBytes()
                .text(1, node.inputs.get(0))
                .text(2, node.outputs.get(0))
                .text(4, "Identity");
    }

    /** An output of floats, whose shape ONNX Runtime finds out. */
    private static ProtoBytes matrix(String name) {
        ProtoBytes tensor = new ProtoBytes().number(1, 1);
        return new ProtoBytes().text(1, name).message(2, new ProtoBytes().message(1, tensor));
    }
}
