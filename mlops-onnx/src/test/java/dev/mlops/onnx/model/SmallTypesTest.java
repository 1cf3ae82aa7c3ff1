package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.testing.TestModels;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements of 8-bit floats and of 4 bits; what ONNX Runtime makes of them is what Java makes of them. */
class SmallTypesTest {
    private static final byte[] CODES = new byte[256];

    static {
        for (int i = 0; i < CODES.length; i++) {
            CODES[i] = (byte) i;
        }
    }

    private static OnnxModel load(byte[] bytes) {
        return OnnxModel.load("test.onnx", bytes, OnnxOptions.DEFAULT);
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, names = "FLOAT8.*", mode = EnumSource.Mode.MATCH_ANY)
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding does not hand over such elements")
    void everyFloat8IsTheNumberThatOnnxRuntimeCastsItTo(ElementType type) {
        Tensor all = Tensor.packed(type, CODES, 256);
        try (OnnxModel model = load(TestModels.cast(type, ElementType.FLOAT))) {
            assertThat(model.run(all).floats("y")).isEqualTo(all.floats());
        }
        try (OnnxModel model = load(TestModels.cast(ElementType.FLOAT, type))) {
            Tensor given = model.run(numbers()).tensor("y");

            assertThat(Tensor.float8(type, all.floats(), 256).floats()[1]).isEqualTo(all.floats()[1]);
            assertThat(given).isEqualTo(Tensor.float8(type, numbers().floats(), given.shape()));
            assertThat(model.run(Tensor.floats(all.floats(), 256)).tensor("y"))
                    .isEqualTo(Tensor.float8(type, all.floats(), 256));
        }
    }

    /** Of all sizes, halfway between two, beyond the largest, and what is no number. */
    private static Tensor numbers() {
        float[] numbers = new float[20_000];
        Random random = new Random(5);
        for (int i = 0; i < numbers.length; i++) {
            float size = Math.scalb(1 + random.nextInt(64) / 64f, random.nextInt(40) - 22);
            numbers[i] = (i % 2 == 0 ? size : size + random.nextFloat() * size) * (random.nextBoolean() ? 1 : -1);
        }
        float[] special = {0f, -0f, Float.NaN, Float.MAX_VALUE, Float.MIN_VALUE, -Float.MIN_VALUE, 448, 464, 465, 61440
        };
        System.arraycopy(special, 0, numbers, 0, special.length);
        return Tensor.floats(numbers, numbers.length);
    }

    @ParameterizedTest
    @EnumSource(value = ElementType.class, names = "FLOAT8.*", mode = EnumSource.Mode.MATCH_ANY)
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding does not hand over such elements")
    void float8GoesThroughBoundRunsToo(ElementType type) {
        Tensor tensor = Tensor.float8(type, new float[] {1, -2, 0.5f}, 3);
        try (OnnxModel model = load(TestModels.cast(type, ElementType.FLOAT));
                BoundRun run = model.bind(3)) {
            run.input("x").set(tensor);
            run.run();
            assertThat(run.output("y").toTensor().floats()).containsExactly(1, -2, 0.5f);
        }
        try (OnnxModel model = load(TestModels.cast(ElementType.FLOAT, type));
                BoundRun run = model.bind(3)) {
            run.input("x").floats().put(0, new float[] {1, -2, 0.5f});
            run.run();
            assertThat(run.output("y").toTensor()).isEqualTo(tensor);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 7, 16})
    @EnabledForJreRange(min = JRE.JAVA_22, disabledReason = "the binding does not hand over such elements")
    void fourBitIntegersArePackedAsOnnxRuntimePacksThem(int count) {
        for (ElementType type : new ElementType[] {ElementType.INT4, ElementType.UINT4}) {
            byte[] numbers = new byte[count];
            for (int i = 0; i < count; i++) {
                numbers[i] = (byte) (i - (type == ElementType.INT4 ? 8 : 0));
            }
            Tensor tensor = type == ElementType.INT4 ? Tensor.int4(numbers, count) : Tensor.uint4(numbers, count);
            int[] expected = Tensor.bytes(numbers, count).ints();
            assertThat(tensor.ints()).isEqualTo(expected);
            assertThat(Tensor.packed(type, tensor.packed(), count)).isEqualTo(tensor);
            try (OnnxModel toInts = load(TestModels.cast(type, ElementType.INT32));
                    OnnxModel back = load(TestModels.cast(ElementType.INT32, type));
                    OnnxModel dequantize = load(TestModels.dequantize(type, 0.5f))) {
                assertThat(toInts.run(tensor).ints("y")).isEqualTo(expected);
                assertThat(back.run(Tensor.ints(expected, count)).tensor("y")).isEqualTo(tensor);
                float[] halves = new float[count];
                Arrays.setAll(new Object[count], i -> halves[i] = expected[i] / 2f);
                assertThat(dequantize.run(tensor).floats("y")).isEqualTo(halves);
                assertThatThrownBy(() -> toInts.bind(count)).hasMessageContaining("cannot be bound");
            }
        }
    }

    @Test
    void float4IsOfEightNumbersAndTheirNegatives() {
        Tensor all = Tensor.packed(
                ElementType.FLOAT4E2M1,
                new byte[] {0x10, 0x32, 0x54, 0x76, (byte) 0x98, (byte) 0xBA, (byte) 0xDC, (byte) 0xFE},
                16);

        assertThat(all.floats()).containsExactly(0, 0.5f, 1, 1.5f, 2, 3, 4, 6, -0f, -0.5f, -1, -1.5f, -2, -3, -4, -6);
    }

    /** The processor's part of ONNX Runtime has no operator on such elements, not even one that only moves them. */
    @Test
    void modelsOfOtherTypesAreRefusedWithTheReason() {
        for (ElementType type :
                new ElementType[] {ElementType.FLOAT4E2M1, ElementType.COMPLEX64, ElementType.COMPLEX128}) {
            assertThatThrownBy(() -> load(TestModels.cast(type, ElementType.FLOAT)))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining("cannot be loaded");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ElementType.class,
            names = {"FLOAT8.*", "U?INT4"},
            mode = EnumSource.Mode.MATCH_ANY)
    void withoutForeignFunctionsTheyAreRefused(ElementType type) {
        OnnxOptions binding = OnnxOptions.builder().foreignFunctions(false).build();
        boolean isFloat = type.name().startsWith("FLOAT");

        assertThatThrownBy(() -> OnnxModel.load("in", TestModels.cast(type, ElementType.FLOAT), binding))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(isFloat ? "takes 'x: " + type + "[n]'" : "of 4 bits");
        assertThatThrownBy(() -> OnnxModel.load("out", TestModels.cast(ElementType.FLOAT, type), binding))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(isFloat ? "gives 'y: " + type + "[n]'" : "of 4 bits");
    }

    @Test
    void bytesMustFitTheShapeAndNumbersTheirType() {
        assertThatThrownBy(() -> Tensor.int4(new byte[] {8}, 1)).hasMessageContaining("-8 to 7");
        assertThatThrownBy(() -> Tensor.uint4(new byte[] {-1}, 1)).hasMessageContaining("0 to 15");
        assertThatThrownBy(() -> Tensor.int4(new byte[3], 2)).hasMessageContaining("holds 2 elements, the data has 3");
        assertThatThrownBy(() -> Tensor.packed(ElementType.INT4, new byte[2], 2))
                .hasMessageContaining("2 bytes");
        assertThatThrownBy(() -> Tensor.packed(ElementType.FLOAT, new byte[4], 1))
                .hasMessageContaining("FLOAT");
        assertThatThrownBy(() -> Tensor.float8(ElementType.FLOAT16, new float[1], 1))
                .hasMessageContaining("FLOAT16");
        assertThatThrownBy(() -> Tensor.int4(new byte[2], 2).bytes()).hasMessageContaining("cannot be read as bytes");
        assertThat(Tensor.packed(ElementType.UINT4, new byte[] {0x21, (byte) 0xF3}, 3))
                .isEqualTo(Tensor.uint4(new byte[] {1, 2, 3}, 3))
                .hasToString("UINT4[3]");
        assertThat(Tensor.zeros(ElementType.INT4, 5).ints()).containsExactly(0, 0, 0, 0, 0);
    }
}
