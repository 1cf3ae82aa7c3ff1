package dev.mlops.onnx.typed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.Dimension;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.api.model.ValueKind;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.Tensor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PlainInputsTest {
    private static final Dimension OPEN = Dimension.open();

    private static Tensor tensor(ElementType type, Object value, Dimension... shape) {
        return PlainInputs.of(signature(ValueSpec.tensor("x", type, shape)), Map.of("x", value))
                .get("x");
    }

    private static Signature signature(ValueSpec... inputs) {
        return new Signature(List.of(inputs), List.of(), "", Map.of(), Map.of());
    }

    @Test
    void numbersListsAndArraysBecomeTensors() {
        Dimension two = Dimension.fixed(2);

        assertThat(tensor(ElementType.FLOAT, 3)).isEqualTo(Tensor.floats(new float[] {3}));
        assertThat(tensor(ElementType.FLOAT, 3, OPEN, Dimension.fixed(1)))
                .isEqualTo(Tensor.floats(new float[] {3}, 1, 1));
        assertThat(tensor(ElementType.FLOAT, List.of(1, 2.5), OPEN, two))
                .isEqualTo(Tensor.floats(new float[] {1, 2.5f}, 1, 2));
        assertThat(tensor(ElementType.DOUBLE, List.of(new double[] {1, 2}, List.of(3, 4f)), OPEN, two))
                .isEqualTo(Tensor.doubles(new double[] {1, 2, 3, 4}, 2, 2));
        assertThat(tensor(ElementType.FLOAT, new float[8], OPEN, two, OPEN, two))
                .isEqualTo(Tensor.floats(new float[8], 1, 2, 2, 2));
        assertThat(tensor(ElementType.STRING, List.of("a", "b"), OPEN))
                .isEqualTo(Tensor.strings(new String[] {"a", "b"}, 2));
        assertThat(tensor(ElementType.BOOL, new boolean[] {true}, OPEN))
                .isEqualTo(Tensor.booleans(new boolean[] {true}, 1));
        assertThat(tensor(ElementType.FLOAT, List.of(), OPEN)).isEqualTo(Tensor.floats(new float[0], 0));
        Tensor tensor = Tensor.floats(new float[1]);
        assertThat(tensor(ElementType.FLOAT, tensor)).isSameAs(tensor);
    }

    @ParameterizedTest
    @EnumSource(names = {"INT64", "UINT64", "INT32", "UINT32", "INT16", "UINT16", "INT8", "UINT8"})
    void wholeNumbersKeepTheirRange(ElementType type) {
        int bits = Integer.parseInt(type.name().replaceAll("\\D", ""));
        boolean isUnsigned = type.name().startsWith("U");
        long most = isUnsigned && bits < 64 ? (1L << bits) - 1 : Long.MAX_VALUE >> (64 - bits);
        long least = isUnsigned ? 0 : -most - 1;

        assertThat(tensor(type, new long[] {least, most}, OPEN).longs()).containsExactly(least, most);
        assertThat(tensor(type, new long[] {1}, OPEN).elementType()).isEqualTo(type);
        if (bits < 64) {
            assertThatThrownBy(() -> tensor(type, most + 1, OPEN)).hasMessageContaining("input 'x'");
        }
        if (bits < 64 || isUnsigned) {
            assertThatThrownBy(() -> tensor(type, least - 1, OPEN)).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> tensor(type, 1.0, OPEN)).hasMessageContaining("Double 1.0");
        assertThatThrownBy(() -> tensor(type, "1", OPEN)).hasMessageContaining("no element");
    }

    @Test
    void halvesAreRounded() {
        assertThat(tensor(ElementType.FLOAT16, List.of(0.1), OPEN)).isEqualTo(Tensor.float16(new float[] {0.1f}, 1));
        assertThat(tensor(ElementType.BFLOAT16, new float[] {0.1f}, OPEN))
                .isEqualTo(Tensor.bfloat16(new float[] {0.1f}, 1));
    }

    @ParameterizedTest
    @CsvSource({"FLOAT16, 2048, 65504, 65520", "BFLOAT16, 256, 3.3e38, 3.4e38", "FLOAT, 16777216, 3.4e38, 3.5e38"})
    void halvesAndFloatsHoldWhatFits(ElementType type, long exact, double largest, double tooLarge) {
        assertThat(tensor(type, exact, OPEN).floats()).containsExactly((float) exact);
        assertThat(tensor(type, -2 * exact, OPEN).floats()).containsExactly((float) (-2 * exact));
        assertThatThrownBy(() -> tensor(type, exact + 1, OPEN)).hasMessageContaining("Long " + (exact + 1));
        assertThatThrownBy(() -> tensor(type, BigInteger.valueOf(exact + 1), OPEN))
                .isInstanceOf(InvalidInputException.class);
        assertThat(tensor(type, -largest, OPEN).floats()[0]).isFinite();
        assertThatThrownBy(() -> tensor(type, tooLarge, OPEN)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tensor(type, new BigDecimal("-1e999"), OPEN))
                .isInstanceOf(InvalidInputException.class);
        assertThat(tensor(type, Double.NEGATIVE_INFINITY, OPEN).floats()).containsExactly(Float.NEGATIVE_INFINITY);
        assertThat(tensor(type, Float.NaN, OPEN).floats()).containsExactly(Float.NaN);
    }

    @Test
    void doublesHoldWhatFits() {
        assertThat(tensor(ElementType.DOUBLE, Long.MIN_VALUE, OPEN).doubles()).containsExactly(-0x1p63);
        assertThat(tensor(ElementType.DOUBLE, new BigDecimal("0.1"), OPEN).doubles())
                .containsExactly(0.1);
        assertThatThrownBy(() -> tensor(ElementType.DOUBLE, (1L << 53) + 1, OPEN))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tensor(ElementType.DOUBLE, BigInteger.ONE.shiftLeft(2000), OPEN))
                .isInstanceOf(InvalidInputException.class);
        assertThat(tensor(ElementType.DOUBLE, BigInteger.ONE.shiftLeft(1000), OPEN)
                        .doubles())
                .containsExactly(0x1p1000);
    }

    @Test
    void whatIsNoTensorIsRefused() {
        List<Object> itself = new ArrayList<>();
        itself.add(itself);

        assertThatThrownBy(() -> PlainInputs.of(signature(), Map.of("y", 1))).hasMessageContaining("'y'");
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, itself, OPEN)).hasMessageContaining("nested deeper");
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, new float[2][2], OPEN))
                .hasMessageContaining("2 does not fit");
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, List.of(List.of(1), 2), OPEN, OPEN))
                .hasMessageContaining("array or list at depth 1");
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, List.of(1, List.of(2)), OPEN))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, new float[3], OPEN, Dimension.fixed(2), OPEN))
                .hasMessageContaining("3 elements");
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, new float[4], OPEN, OPEN, OPEN))
                .hasMessageContaining("several open dimensions");
        Dimension huge = Dimension.fixed(1L << 40);
        assertThatThrownBy(() -> tensor(ElementType.FLOAT, 4, OPEN, huge, huge)).hasMessageContaining("do not fit");
        assertThat(tensor(ElementType.FLOAT, 4, OPEN, OPEN, OPEN)).isEqualTo(Tensor.floats(new float[] {4}, 1, 1, 1));
        assertThatThrownBy(() -> tensor(ElementType.COMPLEX64, 1, OPEN)).isInstanceOf(InvalidInputException.class);
        ValueSpec sequence = new ValueSpec("x", ValueKind.SEQUENCE, ElementType.FLOAT, null);
        assertThatThrownBy(() -> PlainInputs.of(signature(sequence), Map.of("x", 1)))
                .hasMessageContaining("no tensor");
    }
}
