package dev.mlops.onnx.model;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the Java binding of ONNX Runtime does not tell of a model: who wrote it, its operator sets, whether it has a ZipMap
 * node, and which values have no known rank (the binding shows them as scalars). Read before ONNX Runtime has seen the file:
 * what would hang or exhaust memory is guarded against, and a header that cannot be read is an empty one; the strict reader
 * of untrusted files is that of mlops-core. Field numbers are those of {@code onnx.proto3}.
 */
final class ModelHeader {
    private static final int LONGEST_TEXT = 1 << 20;

    private final Map<String, Long> opsets = new HashMap<>();
    private final Set<String> rankless = new HashSet<>();
    private String producerName = "";
    private String producerVersion = "";
    private boolean hasZipMap;

    private ModelHeader() {}

    static ModelHeader empty() {
        return new ModelHeader();
    }

    static ModelHeader read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return read(in, Files.size(file));
        }
    }

    static ModelHeader read(byte[] bytes) throws IOException {
        return read(new ByteArrayInputStream(bytes), bytes.length);
    }

    private static ModelHeader read(InputStream in, long length) throws IOException {
        ModelHeader header = new ModelHeader();
        Fields model = new Fields(new DataInputStream(new BufferedInputStream(in)), length);
        while (model.next()) {
            switch (model.number) {
                case 2 -> header.producerName = model.text();
                case 3 -> header.producerVersion = model.text();
                case 7 -> header.graph(model.message());
                case 8 -> header.opset(model.message());
                default -> model.skip();
            }
        }
        return header;
    }

    String producer() {
        return (producerName + " " + producerVersion).strip();
    }

    Map<String, Long> opsets() {
        return opsets;
    }

    /** The names of inputs and outputs without a shape. */
    Set<String> rankless() {
        return rankless;
    }

    /** True if the graph has a ZipMap node. */
    boolean hasZipMap() {
        return hasZipMap;
    }

    private void opset(Fields opset) throws IOException {
        String domain = "";
        long version = 0;
        while (opset.next()) {
            switch (opset.number) {
                case 1 -> domain = opset.text();
                case 2 -> version = opset.varint();
                default -> opset.skip();
            }
        }
        opsets.put(domain.equals("ai.onnx") ? "" : domain, version);
    }

    private void graph(Fields graph) throws IOException {
        while (graph.next()) {
            switch (graph.number) {
                case 1 -> node(graph.message());
                case 11, 12 -> value(graph.message());
                default -> graph.skip();
            }
        }
    }

    private void node(Fields node) throws IOException {
        while (node.next()) {
            if (node.number == 4) {
                hasZipMap |= node.text().equals("ZipMap");
            } else {
                node.skip();
            }
        }
    }

    private void value(Fields value) throws IOException {
        String name = "";
        boolean shaped = false;
        while (value.next()) {
            switch (value.number) {
                case 1 -> name = value.text();
                case 2 -> shaped = has(value.message(), 1, 2);
                default -> value.skip();
            }
        }
        if (!shaped) {
            rankless.add(name);
        }
    }

    private static boolean has(Fields fields, int outer, int inner) throws IOException {
        boolean found = false;
        while (fields.next()) {
            if (fields.number == outer) {
                Fields nested = fields.message();
                while (nested.next()) {
                    found |= nested.number == inner;
                    nested.skip();
                }
            } else {
                fields.skip();
            }
        }
        return found;
    }

    /** The fields of one message in the protocol buffers wire format, one after another. */
    private static final class Fields {
        private final DataInputStream in;
        private long left;
        private int number;
        private int wireType;

        Fields(DataInputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        boolean next() throws IOException {
            if (left <= 0) {
                return false;
            }
            long tag = varint();
            number = (int) (tag >>> 3);
            wireType = (int) (tag & 7);
            return true;
        }

        long varint() throws IOException {
            long value = 0;
            for (int shift = 0; shift < Long.SIZE; shift += 7) {
                int octet = in.readUnsignedByte();
                left--;
                value |= (long) (octet & 0x7F) << shift;
                if (octet < 0x80) {
                    return value;
                }
            }
            throw new IOException("integer of more than 10 bytes");
        }

        String text() throws IOException {
            long length = length();
            if (length > LONGEST_TEXT) {
                throw new IOException("text of " + length + " bytes");
            }
            left -= length;
            return new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
        }

        /** The fields of the message in the current field; to be read to their end before the next one here. */
        Fields message() throws IOException {
            long length = length();
            left -= length;
            return new Fields(in, length);
        }

        void skip() throws IOException {
            switch (wireType) {
                case 0 -> varint();
                case 1 -> skip(Long.BYTES);
                case 2 -> skip(length());
                case 5 -> skip(Integer.BYTES);
                default -> throw new IOException("wire type " + wireType);
            }
        }

        private long length() throws IOException {
            long length = varint();
            if (length < 0 || length > left) {
                throw new IOException("length of " + length + " bytes where " + left + " are left");
            }
            return length;
        }

        private void skip(long length) throws IOException {
            in.skipNBytes(length);
            left -= length;
        }
    }
}
