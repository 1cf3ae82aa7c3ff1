package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void keepsItsElementsToItself() {
        float[] data = {1, 2};
        long[] shape = {2};
        Tensor tensor = Tensor.floats(data, shape);
        data[0] = 9;
        shape[0] = 9;
        tensor.floats()[1] = 9;
        tensor.shape()[0] = 9;

        assertThat(tensor).isEqualTo(Tensor.floats(new float[] {1, 2}, 2)).hasToString("FLOAT[2]");
        assertThat(tensor.hashCode())
                .isEqualTo(Tensor.floats(new float[] {1, 2}, 2).hashCode());
        assertThat(tensor)
                .isNotEqualTo(Tensor.floats(new float[] {1, 2}, 2, 1))
                .isNotEqualTo(Tensor.floats(new float[] {1, 3}, 2));
    }

    @Test
    void refusesShapesThatDoNotFit() {
        assertThatThrownBy(() -> Tensor.floats(new float[3], 2, 2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[2, 2]")
                .hasMessageContaining("holds 4 elements, the data has 3");
        assertThatThrownBy(() -> Tensor.floats(new float[3])).hasMessageContaining("holds 1 elements");
        assertThatThrownBy(() -> Tensor.longs(new long[1], -1, -1)).hasMessageContaining("negative");
        assertThatThrownBy(() -> Tensor.ints(new int[1], 1L << 40, 1L << 40)).hasMessageContaining("too many");
        assertThatThrownBy(() -> Tensor.ints(new int[1], Long.MAX_VALUE)).hasMessageContaining("too many");
    }

    @Test
    void widensWhereNothingIsLost() {
        assertThat(Tensor.unsignedBytes(new byte[] {-1, 1}, 2).ints()).containsExactly(255, 1);
        assertThat(Tensor.bytes(new byte[] {-1, 1}, 2).longs()).containsExactly(-1, 1);
        assertThat(Tensor.shorts(new short[] {-1, 1}, 2).longs()).containsExactly(-1, 1);
        assertThat(Tensor.ints(new int[] {-1, 1}, 2).longs()).containsExactly(-1, 1);
        assertThat(Tensor.floats(new float[] {0.5f}).doubles()).containsExactly(0.5);
        assertThat(Tensor.float16(new float[] {0.5f, 65_504}, 2).floats()).containsExactly(0.5f, 65_504);
        assertThat(Tensor.bfloat16(new float[] {0.5f}, 1).doubles()).containsExactly(0.5);
        assertThat(unsigned(ElementType.UINT16, new short[] {-1}).ints()).containsExactly(65_535);
        assertThat(unsigned(ElementType.UINT32, new int[] {-1}).longs()).containsExactly(4_294_967_295L);
        assertThat(unsigned(ElementType.UINT64, new long[] {-1}).longs()).containsExactly(-1);
    }

    @Test
    void refusesToBeReadAsSomethingElse() {
        Tensor longs = Tensor.longs(new long[] {1}, 1);

        assertThatThrownBy(longs::floats)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("INT64[1]")
                .hasMessageContaining("cannot be read as floats");
        assertThatThrownBy(longs::ints).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(longs::booleans).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(longs::strings).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(longs::bytes).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Tensor.booleans(new boolean[1], 1).longs()).isInstanceOf(InvalidInputException.class);
    }

    private static Tensor unsigned(ElementType type, Object elements) {
        return Tensor.owning(type, new long[] {1}, elements);
    }

    @Test
    void floatsAreWrappedAndReadWithoutACopy() {
        float[] data = {1, 2, 3};
        Tensor tensor = Tensor.wrap(data, 3);
        data[0] = 9;
        assertThat(tensor.floats()).containsExactly(9, 2, 3);
        assertThat(tensor.floatBuffer()).isEqualTo(FloatBuffer.wrap(data));
        assertThat(tensor.floatBuffer().isReadOnly()).isTrue();
        assertThatThrownBy(() -> Tensor.wrap(data, 2, 2))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds 4 elements, the data has 3");
        assertThatThrownBy(() -> Tensor.longs(new long[1]).floatBuffer())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("cannot be read as a buffer of floats");
    }
}
