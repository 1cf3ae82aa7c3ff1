package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OnnxModelTest {
    @TempDir
    Path directory;

    @Test
    void runsAModelFile() throws IOException {
        Path file = Files.write(directory.resolve("relu.onnx"), TestModels.relu());

        try (OnnxModel model = OnnxModel.load(file)) {
            Result result = model.run(Map.of("x", Tensor.floats(new float[] {-1, 0, 1, 2, -3, 4, -5, 6}, 2, 4)));

            assertThat(result.floats("y")).containsExactly(0, 0, 1, 2, 0, 4, 0, 6);
            assertThat(result.tensor().shape()).containsExactly(2, 4);
            assertThat(result.names()).containsExactly("y");
            assertThat(result).hasToString("{y=FLOAT[2,4]}");
        }
    }

    @Test
    void takesFlatFloatsForItsOnlyInput() {
        try (OnnxModel model = load(TestModels.relu())) {
            assertThat(model.run(new float[] {-1, 2, -3, 4}).floats("y")).containsExactly(0, 2, 0, 4);
            assertThat(model.run(new float[8]).tensor().shape()).containsExactly(2, 4);
            assertThatThrownBy(() -> model.run(new float[5]))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("x: FLOAT[batch,4]");
        }
    }

    @Test
    void givesOnlyTheOutputsThatAreAskedFor() {
        try (OnnxModel model = load(TestModels.twoInputs())) {
            Map<String, Tensor> inputs = Map.of(
                    "a", Tensor.floats(new float[] {2, 3}, 1, 2),
                    "b", Tensor.floats(new float[] {5, 7}, 1, 2));

            assertThat(model.run(inputs).names()).containsExactly("sum", "product");
            Result both = model.run(inputs, List.of("product", "sum"));
            assertThat(both.floats("product")).containsExactly(10, 21);
            assertThat(both.floats("sum")).containsExactly(7, 10);
            Result one = model.run(inputs, List.of("product"));
            assertThat(one.names()).containsExactly("product");
            assertThatThrownBy(() -> one.floats("sum"))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("sum");
            assertThatThrownBy(() -> model.run(inputs, List.of("difference"))).hasMessageContaining("[sum, product]");
            assertThatThrownBy(() -> model.run(inputs, List.of("sum", "sum"))).hasMessageContaining("each once");
            assertThatThrownBy(() -> model.run(inputs, List.of())).hasMessageContaining("at least one");
        }
    }

    static Stream<Tensor> tensorsOfEveryInputType() {
        return Stream.of(
                Tensor.floats(new float[] {1.5f, -0f, Float.NaN}, 3),
                Tensor.doubles(new double[] {1e300, -2, Double.NEGATIVE_INFINITY}, 3),
                Tensor.longs(new long[] {Long.MIN_VALUE, 0, 7}, 3),
                Tensor.ints(new int[] {Integer.MAX_VALUE, -1, 7}, 3),
                Tensor.shorts(new short[] {Short.MIN_VALUE, -1, 7}, 3),
                Tensor.bytes(new byte[] {-128, 0, 127}, 3),
                Tensor.unsignedBytes(new byte[] {0, -1, 7}, 3),
                Tensor.booleans(new boolean[] {true, false, true}, 3),
                Tensor.strings(new String[] {"", "größe", "日本"}, 3),
                Tensor.float16(new float[] {0.5f, -2, 65504}, 3),
                Tensor.bfloat16(new float[] {0.5f, -2, 1e30f}, 3));
    }

    @ParameterizedTest
    @MethodSource("tensorsOfEveryInputType")
    void carriesEveryTypeInAndOut(Tensor tensor) {
        try (OnnxModel model = load(TestModels.identity(tensor.elementType(), 3))) {
            assertThat(model.run(tensor).tensor()).isEqualTo(tensor);
        }
    }

    @ParameterizedTest
    @MethodSource("tensorsOfEveryInputType")
    void carriesEveryTypeThroughOutputsOfUnknownShape(Tensor tensor) {
        try (OnnxModel model = load(TestModels.identity(tensor.elementType(), (Object) null))) {
            assertThat(model.run(tensor).tensor()).isEqualTo(tensor);
        }
    }

    @Test
    void carriesScalarsAndEmptyTensors() {
        for (ElementType type : List.of(ElementType.FLOAT, ElementType.INT64)) {
            Tensor scalar = type == ElementType.FLOAT ? Tensor.floats(new float[] {7}) : Tensor.longs(new long[] {7});
            try (OnnxModel model = load(TestModels.identity(type))) {
                assertThat(model.run(scalar).tensor()).isEqualTo(scalar);
            }
        }
        try (OnnxModel model = load(TestModels.relu())) {
            Tensor empty = Tensor.floats(new float[0], 0, 4);
            assertThat(model.run(empty).tensor()).isEqualTo(empty);
            assertThat(model.run(new float[] {1, 2, 3, 4}).floats("y")).hasSize(4);
        }
        try (OnnxModel model = load(TestModels.identity(ElementType.STRING, "n"))) {
            Tensor none = Tensor.strings(new String[0], 0);
            assertThat(model.run(none).tensor()).isEqualTo(none);
        }
    }

    @Test
    void carriesStringsOfSeveralDimensions() {
        Tensor matrix = Tensor.strings(new String[] {"a", "b", "c", "d", "e", "f"}, 2, 3);
        try (OnnxModel model = load(TestModels.identity(ElementType.STRING, "n", "m"))) {
            assertThat(model.run(matrix).tensor()).isEqualTo(matrix);
        }
        Tensor scalar = Tensor.strings(new String[] {"one"});
        try (OnnxModel model = load(TestModels.identity(ElementType.STRING))) {
            assertThat(model.run(scalar).tensor()).isEqualTo(scalar);
        }
    }

    @Test
    void textsGoThroughAsTheyAreOrAreRefused() {
        Tensor smile = Tensor.strings(new String[] {"plain", "smile \uD83D\uDE00", "\uFFFF \u0001"}, 3);
        try (OnnxModel model = load(TestModels.identity(ElementType.STRING, "n"))) {
            if (isForeign()) {
                assertThat(model.run(smile).tensor()).isEqualTo(smile);
            } else {
                assertRefused(model, smile, "string element 1");
            }
            assertRefused(model, Tensor.strings(new String[] {"plain", "half \uD83D"}, 2), "string element 1");
            assertRefused(model, Tensor.strings(new String[] {"nul \0"}, 1), "U+0000");
            assertThat(model.run(Tensor.strings(new String[] {"after"}, 1)).strings("y"))
                    .containsExactly("after");
        }
        assertThatThrownBy(() -> Tensor.strings(new String[] {null}, 1)).hasMessageContaining("must not be null");
    }

    @Test
    void unsignedIntegersAndSequencesOfAllTypesGoThroughForeignFunctions() {
        if (!isForeign()) {
            return;
        }
        for (Tensor tensor : List.of(
                Tensor.unsignedShorts(new short[] {-1, 0, 7}, 3),
                Tensor.unsignedInts(new int[] {-1, 0, 7}, 3),
                Tensor.unsignedLongs(new long[] {-1, 0, 7}, 3))) {
            try (OnnxModel fixed = load(TestModels.identity(tensor.elementType(), 3));
                    OnnxModel open = load(TestModels.identity(tensor.elementType(), (Object) null));
                    OnnxModel sequence = load(TestModels.sequenceOf(tensor.elementType()))) {
                assertThat(fixed.run(tensor).tensor()).isEqualTo(tensor);
                assertThat(open.run(tensor).tensor()).isEqualTo(tensor);
                assertThat(sequence.run(tensor).tensors("y")).containsExactly(tensor, tensor);
                try (BoundRun run = fixed.bind(3)) {
                    run.input("x").set(tensor);
                    run.run();
                    assertThat(run.output("y").toTensor()).isEqualTo(tensor);
                }
            }
        }
        Tensor shorts = Tensor.shorts(new short[] {-1, 0, 7}, 3);
        try (OnnxModel sequence = load(TestModels.sequenceOf(ElementType.INT16))) {
            assertThat(sequence.run(shorts).tensors("y")).containsExactly(shorts, shorts);
        }
    }

    @Test
    void followsShapesThatChangeFromRunToRun() {
        try (OnnxModel model = load(TestModels.relu())) {
            for (int rows : new int[] {1, 300_000, 2, 1, 3, 1}) {
                float[] data = new float[rows * 4];
                for (int i = 0; i < data.length; i++) {
                    data[i] = i - rows;
                }
                float[] expected = data.clone();
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = Math.max(0, expected[i]);
                }
                assertThat(model.run(data).floats("y")).isEqualTo(expected);
            }
        }
    }

    @Test
    void readsOutputsThatDoNotKeepToTheirDeclaredShape() {
        try (OnnxModel model = load(TestModels.wrongOutputShape())) {
            for (int i = 0; i < 3; i++) {
                assertThat(model.run(new float[] {0, 5, 0, 6}).longs("y")).containsExactly(1, 3);
            }
        }
    }

    @Test
    void takesInputsOfAnyRank() {
        try (OnnxModel model = load(TestModels.anyRank())) {
            assertThat(model.signature().inputs().get(0).shape()).isNull();
            assertThat(model.run(Tensor.floats(new float[] {-1, 1}, 2, 1)).floats("y"))
                    .containsExactly(0, 1);
            assertThat(model.run(Tensor.floats(new float[] {-1})).tensor().shape())
                    .isEmpty();
        }
    }

    @Test
    void keepsInitializersOutOfItsInputs() {
        try (OnnxModel model = load(TestModels.linear())) {
            assertThat(model.signature().inputs()).hasSize(1);
            assertThat(model.run(new float[] {1, 2, 3, 4}).floats("y")).containsExactly(12, 34);
        }
    }

    @Test
    void readsScoresByLabel() {
        try (OnnxModel model = load(TestModels.zipMap("cat", "dog"))) {
            Result result = model.run(Tensor.floats(new float[] {0.25f, 0.75f, 1, 0}, 2, 2));

            assertThat(result.scores("scores"))
                    .containsExactly(Map.of("cat", 0.25, "dog", 0.75), Map.of("cat", 1.0, "dog", 0.0));
            assertThatThrownBy(() -> result.floats("scores")).hasMessageContaining("is no tensor");
            assertThatThrownBy(() -> result.tensors("scores")).hasMessageContaining("is no sequence of tensors");
        }
    }

    @Test
    void readsSequencesOfTensors() {
        Tensor tensor = Tensor.strings(new String[] {"a", "b"}, 2);
        try (OnnxModel model = load(TestModels.sequenceOf(ElementType.STRING))) {
            assertThat(model.run(tensor).tensors("y")).containsExactly(tensor, tensor);
        }
    }

    @Test
    void namesTheInputAndTheDimensionThatDoNotFit() {
        try (OnnxModel model = load(TestModels.relu())) {
            assertRefused(model, Tensor.floats(new float[3], 1, 3), "x: FLOAT[batch,4]", "dimension 1 is 3, not 4");
            assertRefused(model, Tensor.floats(new float[4], 4), "input 'x'", "has 1 dimensions");
            assertRefused(model, Tensor.doubles(new double[4], 1, 4), "DOUBLE[1,4]", "element type DOUBLE");
            assertRefused(model, Map.of(), "lack 'x'", "x: FLOAT[batch,4]");
            Tensor fits = Tensor.floats(new float[4], 1, 4);
            assertRefused(model, Map.of("x", fits, "z", fits), "hold [z]", "the model takes [x: FLOAT[batch,4]]");
            assertThat(model.run(fits).floats("y")).hasSize(4);
        }
    }

    @Test
    void bindsSymbolicDimensionsAcrossInputs() {
        try (OnnxModel model = load(TestModels.twoInputs())) {
            Tensor a = Tensor.floats(new float[6], 2, 3);
            Tensor b = Tensor.floats(new float[6], 3, 2);

            assertRefused(model, Map.of("a", a, "b", b), "input 'b'", "dimension 0 is 3, but n is 2 elsewhere");
            assertRefused(model, Tensor.floats(new float[1], 1, 1), "does not say which");
            assertRefused(
                    model,
                    Map.of("a", Tensor.floats(new float[0], 0, 3), "b", a),
                    "dimension 0 is 2, but n is 0 elsewhere");
        }
    }

    @Test
    void saysWhyAModelFailsOnTheseInputs() {
        try (OnnxModel model = load(TestModels.lookup())) {
            assertThatThrownBy(() -> model.run(Tensor.longs(new long[] {99}, 1)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("test.onnx")
                    .hasMessageContaining("99");
            assertThat(model.run(Tensor.longs(new long[] {2, 0}, 2)).floats("y"))
                    .containsExactly(3, 1);
        }
    }

    @Test
    void refusesModelsThatWouldCrashOrCannotBeHandled() {
        if (!isForeign()) {
            assertNotLoaded(TestModels.optionalOutput(), "optional");
            assertNotLoaded(TestModels.sequenceInput(), "x: sequence of FLOAT");
            assertNotLoaded(TestModels.sequenceOf(ElementType.INT32), "sequence of INT32");
            assertNotLoaded(TestModels.identity(ElementType.UINT32, 2), "x: UINT32[2]");
        }
        assertNotLoaded(TestModels.identity(ElementType.FLOAT8E5M2, 2), "test.onnx");
        assertNotLoaded(TestModels.identity(ElementType.COMPLEX64, 2), "complex64");
    }

    @Test
    void refusesFilesThatAreNoModel() throws IOException {
        byte[] relu = TestModels.relu();
        assertNotLoaded(new byte[0], "is empty");
        assertNotLoaded("hello world".getBytes(StandardCharsets.UTF_8), "cannot be loaded");
        assertNotLoaded(Arrays.copyOf(relu, relu.length / 2), "cannot be loaded");

        Path file = directory.resolve("bad.onnx");
        assertThatThrownBy(() -> OnnxModel.load(file))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("bad.onnx")
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> OnnxModel.load(directory)).isInstanceOf(InvalidInputException.class);
        Files.write(file, relu);
        assertThatThrownBy(() -> OnnxModel.load(
                        file, OnnxOptions.builder().maxModelBytes(10).build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("more than the limit of 10");
    }

    @Test
    void mutatedAndTruncatedModelsAreRefusedOrRun() {
        byte[] whole = TestModels.twoInputs();
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = Arrays.copyOf(whole, i % 3 == 0 ? random.nextInt(whole.length) : whole.length);
            for (int change = 0; change < i % 4 && bytes.length > 0; change++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try (OnnxModel model = load(bytes)) {
                assertThat(model.signature()).isNotNull();
            } catch (InvalidInputException e) {
                assertThat(e).hasMessageContaining("test.onnx");
            }
        }
    }

    @Test
    void refusesRunsAfterItIsClosed() {
        OnnxModel model = load(TestModels.relu());
        model.close();
        model.close();

        assertThatThrownBy(() -> model.run(new float[4]))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("test.onnx")
                .hasMessageContaining("closed");
        assertThat(model.signature().inputs()).hasSize(1);
    }

    @Test
    void loadsWithOptions() {
        for (OnnxOptions.Optimization level : OnnxOptions.Optimization.values()) {
            OnnxOptions options = OnnxOptions.builder()
                    .intraOpThreads(1)
                    .allowSpinning()
                    .optimization(level)
                    .build();
            try (OnnxModel model = OnnxModel.load("relu", TestModels.relu(), options)) {
                assertThat(model.run(new float[] {-1, 0, 1, 2}).floats("y")).containsExactly(0, 0, 1, 2);
                assertThat(model).hasToString("relu(x: FLOAT[batch,4]) → (y: FLOAT[batch,4])");
            }
        }
        assertThatThrownBy(() -> OnnxOptions.builder().intraOpThreads(-1)).hasMessageContaining("intraOpThreads");
    }

    /** Whether foreign functions may be used. */
    boolean foreignFunctions() {
        return true;
    }

    private boolean isForeign() {
        return foreignFunctions() && Runtime.version().feature() >= 22;
    }

    private OnnxModel load(byte[] bytes) {
        return OnnxModel.load(
                "test.onnx",
                bytes,
                OnnxOptions.builder().foreignFunctions(foreignFunctions()).build());
    }

    private void assertNotLoaded(byte[] bytes, String reason) {
        assertThatThrownBy(() -> load(bytes))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("test.onnx")
                .hasMessageContaining(reason);
    }

    private static void assertRefused(OnnxModel model, Tensor input, String... parts) {
        assertThatThrownBy(() -> model.run(input))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }

    private static void assertRefused(OnnxModel model, Map<String, Tensor> inputs, String... parts) {
        assertThatThrownBy(() -> model.run(inputs))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll(parts);
    }
}
