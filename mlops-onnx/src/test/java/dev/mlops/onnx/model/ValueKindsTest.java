package dev.mlops.onnx.model;

import static dev.mlops.onnx.testing.TestModels.map;
import static dev.mlops.onnx.testing.TestModels.optional;
import static dev.mlops.onnx.testing.TestModels.sequence;
import static dev.mlops.onnx.testing.TestModels.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.TypeProto;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueKind;
import dev.mlops.onnx.testing.TestModels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequences, maps and optional values, in and out. */
class ValueKindsTest {
    private static final TypeProto FLOATS = tensor(ElementType.FLOAT, "n");
    private static final Tensor ONE = Tensor.floats(new float[] {1}, 1);
    private static final Tensor TWO = Tensor.floats(new float[] {1, 2}, 2);

    private static OnnxModel load(byte[] bytes) {
        return OnnxModel.load("test.onnx", bytes, OnnxOptions.DEFAULT);
    }

    private static Value.Sequence sequenceOf(Value... values) {
        return new Value.Sequence(List.of(values));
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"COMPLEX.*", "BFLOAT16", "FLOAT8.*", ".*INT4", "FLOAT4E2M1"},
            mode = EnumSource.Mode.MATCH_NONE)
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void sequencesOfEveryTypeGoThrough(ElementType type) {
        try (OnnxModel model = load(TestModels.identity(sequence(tensor(type, "n"))))) {
            Value.Sequence given = sequenceOf(Tensor.zeros(type, 3), Tensor.zeros(type, 0), Tensor.zeros(type, 1));

            assertThat(model.run(given).value("y")).isEqualTo(given);
            assertThat(model.run(sequenceOf()).value("y")).isEqualTo(sequenceOf());
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void elementsOfASequenceKeepTheirOrderAndShapes() {
        Tensor emoji = Tensor.strings(new String[] {"😀", "", "größe", "x"}, 2, 2);
        Tensor word = Tensor.strings(new String[] {"word"}, 1, 1);
        try (OnnxModel model = load(TestModels.identity(sequence(tensor(ElementType.STRING, "n", "m"))))) {
            assertThat(model.run(sequenceOf(emoji, word, emoji)).tensors("y")).containsExactly(emoji, word, emoji);
        }
        try (OnnxModel model = load(TestModels.sequenceInput())) {
            for (int i = 1; i < 9; i++) {
                Tensor[] elements = new Tensor[i];
                Arrays.fill(elements, TWO);
                assertThat(model.run(sequenceOf(elements)).longs("y")).containsExactly(i);
            }
            assertThat(model.run(sequenceOf()).longs("y")).containsExactly(0);
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void mapsGoIn() {
        try (OnnxModel model = load(TestModels.mapInput("a", "b", "größe 😀"))) {
            Value.Mapping given = new Value.Mapping(Map.of("b", 2f, "größe 😀", 3f, "other", 4f));

            assertThat(model.run(given).floats("y")).containsExactly(0, 2, 3);
            assertThat(model.run(new Value.Mapping(Map.of())).floats("y")).containsExactly(0, 0, 0);
            assertRefused(model, TWO, "is no map");
            assertRefused(model, new Value.Mapping(Map.of("a", 2d)), "is no map from STRING to FLOAT");
            assertRefused(model, new Value.Mapping(Map.of(1L, 2f)), "is no map from STRING to FLOAT");
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding crashes on optional values")
    void anOptionalOutputIsAValueOrAbsent() {
        try (OnnxModel model = load(TestModels.optionalOutput())) {
            assertThat(model.signature().outputs().get(0).kind()).isEqualTo(ValueKind.OPTIONAL);
            assertThat(model.run(TWO).floats("y")).containsExactly(1, 2);
        }
        try (OnnxModel model = load(TestModels.maybe())) {
            for (boolean told : new boolean[] {true, false, false, true}) {
                Result result = model.run(Map.of("x", TWO, "told", Tensor.booleans(new boolean[] {told})));

                assertThat(result.value("y")).isEqualTo(told ? TWO : new Value.Absent());
                if (!told) {
                    assertThatThrownBy(() -> result.floats("y")).hasMessageContaining("is no tensor");
                    assertThat(result).hasToString("{y=absent}");
                }
            }
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding crashes on optional values")
    void anOptionalInputIsAValueOrLeftOut() {
        try (OnnxModel model = load(TestModels.optionalInput(FLOATS))) {
            for (int i = 0; i < 3; i++) {
                Result there = model.run(TWO);
                assertThat(there.booleans("has")).containsExactly(true);
                assertThat(there.value("y")).isEqualTo(TWO);
                for (Map<String, Value> absent :
                        List.<Map<String, Value>>of(Map.of(), Map.of("x", new Value.Absent()))) {
                    Result none = model.run(absent);
                    assertThat(none.booleans("has")).containsExactly(false);
                    assertThat(none.value("y")).isEqualTo(new Value.Absent());
                }
            }
            assertRefused(model, Tensor.doubles(new double[1], 1), "has the element type DOUBLE");
            assertThatThrownBy(() -> model.run(Map.of("z", TWO))).hasMessageContaining("hold [z]");
        }
        try (OnnxModel model = load(TestModels.optionalInput(sequence(FLOATS)))) {
            assertThat(model.run(sequenceOf(ONE, TWO)).value("y")).isEqualTo(sequenceOf(ONE, TWO));
            assertThat(model.run(sequenceOf()).value("y")).isEqualTo(sequenceOf());
            assertThat(model.run(Map.of()).value("y")).isEqualTo(new Value.Absent());
        }
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding hands over tensors only")
    void valuesOfAnotherKindAreRefused() {
        try (OnnxModel model = load(TestModels.sequenceInput())) {
            assertRefused(model, TWO, "is no sequence");
            assertRefused(model, new Value.Absent(), "is no sequence");
            assertRefused(model, sequenceOf(ONE, Tensor.longs(new long[1], 1)), "element 1 has the element type INT64");
            assertRefused(model, sequenceOf(sequenceOf(ONE)), "element 0 is no tensor");
            assertThatThrownBy(() -> model.bind(1)).hasMessageContaining("cannot be bound");
        }
        try (OnnxModel model = load(TestModels.relu())) {
            assertRefused(model, sequenceOf(ONE), "is no tensor");
            assertRefused(model, new Value.Absent(), "is no tensor");
        }
    }

    @Test
    void withoutForeignFunctionsTheyAreRefusedWithTheReason() {
        OnnxOptions binding = OnnxOptions.builder().foreignFunctions(false).build();
        Map.of(
                        TestModels.sequenceInput(),
                        "x: sequence of FLOAT",
                        TestModels.mapInput("a"),
                        "x: map to FLOAT",
                        TestModels.optionalInput(FLOATS),
                        "optional",
                        TestModels.maybe(),
                        "optional")
                .forEach((bytes, reason) -> assertThatThrownBy(() -> OnnxModel.load("test.onnx", bytes, binding))
                        .isInstanceOf(InvalidInputException.class)
                        .hasMessageContainingAll("test.onnx", reason));
    }

    /** ONNX has no operator on maps that gives its input back. */
    @Test
    void whatOnnxRuntimeCannotRunIsRefused() {
        assertThatThrownBy(() -> load(TestModels.identity(map(ElementType.STRING, tensor(ElementType.FLOAT)))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("map(string,tensor(float))");
        assertThatThrownBy(() -> load(TestModels.optionalInput(optional(FLOATS))))
                .isInstanceOf(InvalidInputException.class);
    }

    private static void assertRefused(OnnxModel model, Value input, String reason) {
        assertThatThrownBy(() -> model.run(input))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("input 'x'", reason);
    }
}
