package dev.mlops.onnx.model;

import static dev.mlops.onnx.testing.TestModels.node;
import static dev.mlops.onnx.testing.TestModels.tensor;
import static dev.mlops.onnx.testing.TestModels.value;
import static dev.mlops.onnx.testing.TestModels.zipMap;
import static dev.mlops.onnx.testing.TestModels.zipMapNode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores of classes, with their ZipMap node and without it. */
class ClassScoresTest {
    private static final Tensor ROWS = Tensor.floats(new float[] {0.25f, 0.75f, 1, 0}, 2, 2);
    private static final List<Map<String, Double>> MAPS =
            List.of(Map.of("dog", 0.25, "cat", 0.75), Map.of("dog", 1.0, "cat", 0.0));

    @TempDir
    Path directory;

    private static OnnxModel load(byte[] bytes) {
        return OnnxModel.load("test.onnx", bytes, OnnxOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theNodeIsTakenOutAndEverythingReadsAsBefore(boolean foreign) throws IOException {
        byte[] bytes = zipMap("dog", "cat");
        Path file = Files.write(directory.resolve("model.onnx"), bytes);
        OnnxOptions options = OnnxOptions.builder().foreignFunctions(foreign).build();
        assertThat(ZipMaps.strip(bytes)).isNotNull();
        for (OnnxModel model : List.of(OnnxModel.load("test.onnx", bytes, options), OnnxModel.load(file, options))) {
            try (model) {
                Result result = model.run(ROWS);

                assertThat(model.signature().outputs().get(0).kind()).isEqualTo(ValueKind.SEQUENCE);
                assertThat(result.scores("scores")).isEqualTo(MAPS);
                assertThat(result.value("scores"))
                        .isEqualTo(new Value.Sequence(List.of(
                                new Value.Mapping(Map.of("dog", 0.25f, "cat", 0.75f)),
                                new Value.Mapping(Map.of("dog", 1f, "cat", 0f)))));
                assertThat(result).hasToString("{scores=sequence of 2}");
                assertThatThrownBy(() -> result.tensor("scores")).hasMessageContaining("is no tensor");
                ClassScores scores = result.classScores("scores");
                assertThat(scores.labels()).containsExactly("dog", "cat");
                assertThat(scores.scores()).containsExactly(0.25f, 0.75f, 1, 0);
                assertThat(scores.rows()).isEqualTo(2);
                assertThat(scores.score(0, 1)).isEqualTo(0.75f);
                assertThat(List.of(scores.best(0), scores.best(1))).containsExactly("cat", "dog");
                assertThatThrownBy(() -> scores.score(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> scores.score(0, 2)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
    }

    @Test
    void labelsMayBeNumbers() {
        try (OnnxModel model = load(zipMap(-7, 1L << 40))) {
            Result result = model.run(ROWS);

            assertThat(result.classScores("scores").labels()).containsExactly("-7", "1099511627776");
            assertThat(result.scores("scores").get(0)).isEqualTo(Map.of("-7", 0.25, "1099511627776", 0.75));
            Value.Sequence rows = (Value.Sequence) result.value("scores");
            assertThat(((Value.Mapping) rows.values().get(0)).entries()).containsEntry(-7L, 0.25f);
        }
    }

    @Test
    void oneRowAndNoRowAreMatricesToo() {
        try (OnnxModel model = load(zipMap("dog", "cat"))) {
            ClassScores none = model.run(Tensor.floats(new float[0], 0, 2)).classScores("scores");
            assertThat(none.rows()).isZero();
            assertThat(none.labels()).containsExactly("dog", "cat");
        }
        try (OnnxModel model =
                load(zipMap(zipMapNode("dog", "cat"), "n").build().toByteArray())) {
            Result row = model.run(Tensor.floats(new float[] {1, 2}, 2));
            assertThat(row.scores("scores")).containsExactly(Map.of("dog", 1.0, "cat", 2.0));
            Result other = model.run(Tensor.floats(new float[4], 4));
            assertThatThrownBy(() -> other.classScores("scores"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("2 columns");
        }
    }

    @Test
    void aBoundRunGivesTheMatrix() {
        try (OnnxModel model = load(zipMap("dog", "cat"));
                BoundRun run = model.bind(2, 2)) {
            run.input("x").set(ROWS);
            run.run();

            assertThat(run.output("scores").toTensor()).isEqualTo(ROWS);
        }
    }

    /** A sequence that another node uses cannot become a matrix. */
    @Test
    void whatCannotBeTakenOutGivesTheSameScores() {
        ModelProto.Builder used = zipMap(zipMapNode("dog", "cat"), "n", 2);
        used.getGraphBuilder()
                .addNode(node("SequenceLength", "scores", "length"))
                .addOutput(value("length", tensor(ElementType.INT64)));
        assertThat(ZipMaps.strip(used.build().toByteArray())).isNull();

        Result whole = Result.of(
                List.of("scores"),
                List.of(new Value.Sequence(List.of(
                        new Value.Mapping(Map.of("dog", 0.25f, "cat", 0.75f)),
                        new Value.Mapping(Map.of("dog", 1f, "cat", 0f))))));
        assertThat(whole.classScores("scores").labels()).containsExactly("cat", "dog");
        assertThat(whole.classScores("scores").scores()).containsExactly(0.75f, 0.25f, 0, 1);
        Result mixed = Result.of(
                List.of("a", "b"),
                List.of(
                        new Value.Sequence(
                                List.of(new Value.Mapping(Map.of("a", 1f)), new Value.Mapping(Map.of("b", 1f)))),
                        ROWS));
        assertThatThrownBy(() -> mixed.classScores("a")).hasMessageContaining("rows of other labels");
        assertThatThrownBy(() -> mixed.classScores("b")).hasMessageContaining("is no sequence");
        assertThatThrownBy(() -> mixed.classScores("c")).hasMessageContaining("is not in the result");
    }

    @Test
    void theStandardOperatorsAreAddedWhereAModelHasNone() {
        ModelProto.Builder model = zipMap(zipMapNode("dog", "cat"), "n", 2);
        OperatorSetIdProto ml = model.getOpsetImport(1);
        byte[] bytes = model.clearOpsetImport().addOpsetImport(ml).build().toByteArray();

        try (OnnxModel loaded = load(bytes);
                BoundRun run = loaded.bind(2, 2)) {
            assertThat(run.output("scores").elementType()).isEqualTo(ElementType.FLOAT);
            assertThat(loaded.run(ROWS).scores("scores")).isEqualTo(MAPS);
        }
    }

    @Test
    void weightsInOtherFilesAndCachesGoWithIt() throws IOException {
        ModelProto.Builder model =
                zipMap(zipMapNode("dog", "cat").toBuilder().setInput(0, "sum").build(), "n", 2);
        model.getGraphBuilder()
                .addNode(0, node("Add", "x,w", "sum"))
                .addInitializer(TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(1)
                        .addDims(1)
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue("w.bin")));
        Files.write(directory.resolve("w.bin"), new byte[] {0, 0, (byte) 0x80, 0x3F});
        Path file = Files.write(directory.resolve("model.onnx"), model.build().toByteArray());
        ModelCache cache = ModelCache.in(directory.resolve("cache"));
        for (OnnxOptions options : List.of(
                OnnxOptions.DEFAULT,
                OnnxOptions.builder().cache(cache).build(),
                OnnxOptions.builder().cache(cache).build())) {
            try (OnnxModel loaded = OnnxModel.load(file, options);
                    BoundRun run = loaded.bind(2, 2)) {
                assertThat(run.output("scores").elementType()).isEqualTo(ElementType.FLOAT);
                assertThat(loaded.run(ROWS).classScores("scores").scores()).containsExactly(1.25f, 1.75f, 2, 1);
            }
        }
        byte[] outside = Files.readString(file, StandardCharsets.ISO_8859_1)
                .replace("w.bin", "../wb")
                .getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, outside);
        assertThatThrownBy(() -> OnnxModel.load(file)).hasMessageContaining("must lie in its directory");
    }

    @Test
    void damagedModelsAreLeftAsTheyAre() {
        byte[] whole = zipMap("dog", "cat", "bird");
        Random random = new Random(3);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
            for (int change = 0; change <= i % 4 && bytes.length > 0; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ZipMaps stripped = ZipMaps.strip(bytes);
            if (stripped != null) {
                assertThat(stripped.labels()).hasSize(1);
                assertThat(stripped.bytes().length).isLessThan(whole.length + 64);
            }
        }
        assertThat(ZipMaps.strip(new byte[0])).isNull();
        byte[] twice = Arrays.copyOf(whole, 2 * whole.length);
        System.arraycopy(whole, 0, twice, whole.length, whole.length);
        assertThat(ZipMaps.strip(twice)).isNull();
        assertThat(Objects.requireNonNull(ZipMaps.strip(whole)).labels())
                .isEqualTo(Map.of("scores", List.of("dog", "cat", "bird")));
    }
}
