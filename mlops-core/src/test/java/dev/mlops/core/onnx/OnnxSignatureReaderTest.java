package dev.mlops.core.onnx;

import static dev.mlops.core.onnx.Models.map;
import static dev.mlops.core.onnx.Models.model;
import static dev.mlops.core.onnx.Models.opset;
import static dev.mlops.core.onnx.Models.optional;
import static dev.mlops.core.onnx.Models.sequence;
import static dev.mlops.core.onnx.Models.sparse;
import static dev.mlops.core.onnx.Models.tensor;
import static dev.mlops.core.onnx.Models.tensorOfAnyRank;
import static dev.mlops.core.onnx.Models.value;
import static dev.mlops.core.onnx.Models.weight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxSignatureReaderTest {
    @TempDir
    Path directory;

    @Test
    void readsWhatAModelTakesAndGives() throws IOException {
        Path file =
                Files.write(directory.resolve("model.onnx"), Models.classifier().toByteArray());

        Signature signature = OnnxSignatureReader.read(file);

        assertThat(signature)
                .isEqualTo(new Signature(
                        List.of(ValueSpec.tensor(
                                "pixels", ElementType.FLOAT, Dimension.symbolic("batch"), Dimension.fixed(64))),
                        List.of(
                                ValueSpec.tensor("labels", ElementType.INT64, Dimension.symbolic("batch")),
                                new ValueSpec("probabilities", ValueKind.SEQUENCE, ElementType.FLOAT, null)),
                        "trainer 1.2",
                        Map.of("", 13L, "ai.onnx.ml", 3L),
                        Map.of("author", "Ünï")));
        assertThat(signature)
                .hasToString("(pixels: FLOAT[batch,64]) → (labels: INT64[batch], probabilities: sequence of FLOAT)");
    }

    @Test
    void readsEveryElementType() {
        for (ElementType type : ElementType.values()) {
            assertThat(only(tensor(type.onnxNumber(), 2))).isEqualTo(ValueSpec.tensor("x", type, Dimension.fixed(2)));
        }
    }

    @Test
    void readsEveryKindOfValue() {
        assertThat(only(sequence(tensor(8, "n"))))
                .isEqualTo(new ValueSpec("x", ValueKind.SEQUENCE, ElementType.STRING, null));
        assertThat(only(map(tensor(11)))).isEqualTo(new ValueSpec("x", ValueKind.MAP, ElementType.DOUBLE, null));
        assertThat(only(sequence(map(tensor(1)))))
                .isEqualTo(new ValueSpec("x", ValueKind.SEQUENCE, ElementType.FLOAT, null));
        assertThat(only(optional(sequence(tensor(6)))))
                .isEqualTo(new ValueSpec("x", ValueKind.OPTIONAL, ElementType.INT32, null));
        assertThat(only(sparse(1, 3, 4)))
                .isEqualTo(new ValueSpec("x", ValueKind.SPARSE_TENSOR, ElementType.FLOAT, null));
    }

    @Test
    void tellsScalarsUnknownRanksAndOpenDimensionsApart() {
        assertThat(only(tensor(1)).shape()).isEmpty();
        assertThat(only(tensorOfAnyRank(1)).shape()).isNull();
        assertThat(only(tensor(1, null, "n", 0, -1)).shape())
                .containsExactly(Dimension.open(), Dimension.symbolic("n"), Dimension.fixed(0), Dimension.open());
        assertThat(only(tensor(0, 2)).elementType()).isNull();
        assertThat(only(TypeProto.getDefaultInstance())).isEqualTo(new ValueSpec("x", ValueKind.TENSOR, null, null));
    }

    @Test
    void leavesOutInitializersWhereverTheyStand() {
        GraphProto.Builder graph = GraphProto.newBuilder()
                .addInput(value("x", tensor(1, 2)))
                .addInput(value("w", tensor(1, 2)))
                .addInput(value("s", tensor(1, 2)))
                .addInitializer(weight("w", 2))
                .addSparseInitializer(SparseTensorProto.newBuilder().setValues(weight("s", 2)));

        assertThat(read(model(graph)).inputs()).extracting(ValueSpec::name).containsExactly("x");
    }

    @Test
    void takesTheTwoNamesOfTheDefaultOperatorSetAsOne() {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(8)
                .setGraph(GraphProto.newBuilder())
                .addOpsetImport(opset("ai.onnx", 17));

        assertThat(read(model).opsets()).containsExactly(Map.entry("", 17L));
        assertThat(read(model).producer()).isEmpty();
    }

    @Test
    void skipsGigabytesOfWeightsWithoutKeepingThem() throws IOException {
        long weights = 3L << 30;
        byte[] tail = model(GraphProto.newBuilder().addInput(value("x", tensor(1, 2))))
                .build()
                .toByteArray();
        InputStream model = new SequenceInputStream(
                new SequenceInputStream(new ByteArrayInputStream(graphWithRawData(weights)), new Zeros(weights)),
                new ByteArrayInputStream(tail));

        Signature signature = OnnxSignatureReader.read("large.onnx", model);

        assertThat(signature.inputs()).extracting(ValueSpec::name).containsExactly("x");
    }

    @Test
    void refusesWhatIsNoOnnx() {
        assertRefused("", "is empty");
        assertRefused("hello, this is a text file\n", "is no readable ONNX model");
        assertRefused("PK\u0003\u0004zip", "is no readable ONNX model");
        assertRefused(bytes(0x08, 0x08), "has no graph");
        assertRefused(
                ModelProto.newBuilder()
                        .setGraph(GraphProto.newBuilder())
                        .build()
                        .toByteArray(),
                "IR version");
    }

    @Test
    void refusesAMissingFileByName() {
        assertThatThrownBy(() -> OnnxSignatureReader.read(directory.resolve("absent.onnx")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("absent.onnx")
                .hasMessageContaining("does not exist");
    }

    @Test
    void saysThatTheDiskCannotBeRead() {
        assertThatThrownBy(() -> OnnxSignatureReader.read(directory)).isInstanceOf(UnavailableException.class);
        assertThatThrownBy(() -> OnnxSignatureReader.read("m.onnx", new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("broken disk");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return read();
                    }
                }))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("broken disk");
    }

    @Test
    void refusesHostileLengths() {
        assertRefused(
                bytes(0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F),
                "has a length of 9223372036854775807 bytes");
        assertRefused(bytes(0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01), "negative length");
        assertRefused(bytes(0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x07, 'a'), "more than 128 MiB");
        assertRefused(bytes(0x12, 0x80, 0x80, 0x80, 0x20, 'a'), "truncated");
        assertRefused(bytes(0x3A, 2, 0x5A, 9, 0, 0, 0, 0), "has a length of 9 bytes where 0 are left");
    }

    @Test
    void refusesHostileIntegersTagsAndTexts() {
        assertRefused(bytes(0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1), "more than 10 bytes");
        assertRefused(bytes(0x00, 0x00), "field number");
        assertRefused(bytes(0x0B), "wire type 3");
        assertRefused(bytes(0x38, 0x01), "has field 7 with wire type 0 where 2 belongs");
        assertRefused(bytes(0x12, 0x02, 0xC3, 0x28), "not UTF-8");
        assertRefused(bytes(0x88, 0x80), "truncated");
    }

    @Test
    void refusesTypesNestedWithoutEnd() {
        TypeProto type = tensor(1);
        for (int i = 0; i < 40; i++) {
            type = sequence(type);
        }
        TypeProto nested = type;

        assertThatThrownBy(() -> only(nested))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nested deeper than 16");
    }

    @Test
    void refusesUnknownElementTypesAndNamesThatClash() {
        assertThatThrownBy(() -> only(tensor(99, 2))).hasMessageContaining("unknown element type 99");
        assertThatThrownBy(() -> read(model(
                        GraphProto.newBuilder().addInput(value("x", tensor(1))).addInput(value("x", tensor(1))))))
                .hasMessageContaining("two inputs named 'x'");
        assertThatThrownBy(() -> read(model(GraphProto.newBuilder().addOutput(ValueInfoProto.getDefaultInstance()))))
                .hasMessageContaining("an output without a name");
    }

    @Test
    @SuppressWarnings("JdkObsolete") // SequenceInputStream takes nothing else
    void boundsWhatAHostileFileMakesItKeep() {
        byte[] oneEntry = {0x72, 0x00};
        InputStream endlessMetadata = new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return true;
            }

            @Override
            public InputStream nextElement() {
                return new ByteArrayInputStream(oneEntry);
            }
        });

        assertThatThrownBy(() -> OnnxSignatureReader.read("endless.onnx", endlessMetadata))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("endless.onnx")
                .hasMessageContaining("more than 128 MiB");
    }

    @Test
    void noticesThatAFileStreamEndsInsideItsLastWeight() throws IOException {
        byte[] whole = model(GraphProto.newBuilder().addInitializer(weight("w", 100_000)))
                .build()
                .toByteArray();
        byte[] cut = Arrays.copyOf(graphFirst(whole), whole.length - 50_000);
        Path file = Files.write(directory.resolve("cut.onnx"), cut);

        try (InputStream in = new FileInputStream(file.toFile())) {
            assertThatThrownBy(() -> OnnxSignatureReader.read("cut.onnx", in)).hasMessageContaining("truncated");
        }
        assertThatThrownBy(() -> OnnxSignatureReader.read(file)).isInstanceOf(InvalidInputException.class);
    }

    private static byte[] graphFirst(byte[] whole) throws IOException {
        ModelProto model = ModelProto.parseFrom(whole);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        model.toBuilder().clearGraph().build().writeTo(out);
        ModelProto.newBuilder().setGraph(model.getGraph()).build().writeTo(out);
        return out.toByteArray();
    }

    private static byte[] graphWithRawData(long weights) {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        raw.write(0x4A);
        varint(raw, weights);
        ByteArrayOutputStream initializer = new ByteArrayOutputStream();
        initializer.write(0x2A);
        varint(initializer, raw.size() + weights);
        initializer.writeBytes(raw.toByteArray());
        ByteArrayOutputStream graph = new ByteArrayOutputStream();
        graph.write(0x3A);
        varint(graph, initializer.size() + weights);
        graph.writeBytes(initializer.toByteArray());
        return graph.toByteArray();
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left >= 0x80) {
            out.write((int) ((left & 0x7F) | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private static ValueSpec only(TypeProto type) {
        GraphProto.Builder graph = GraphProto.newBuilder().addOutput(value("x", type));
        return read(model(graph)).outputs().get(0);
    }

    private static Signature read(ModelProto.Builder model) {
        return OnnxSignatureReader.read(
                "model.onnx", new ByteArrayInputStream(model.build().toByteArray()));
    }

    private static void assertRefused(String text, String message) {
        assertRefused(text.getBytes(StandardCharsets.ISO_8859_1), message);
    }

    private static void assertRefused(byte[] bytes, String message) {
        assertThatThrownBy(() -> OnnxSignatureReader.read("bad.onnx", new ByteArrayInputStream(bytes)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("bad.onnx")
                .hasMessageContaining(message);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    /** A stream of zeros that costs nothing to skip. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int given = (int) Math.min(left, length);
            left -= given;
            Arrays.fill(target, offset, offset + given, (byte) 0);
            return given == 0 ? -1 : given;
        }

        @Override
        public long skip(long length) {
            long skipped = Math.min(left, length);
            left -= skipped;
            return skipped;
        }
    }
}
