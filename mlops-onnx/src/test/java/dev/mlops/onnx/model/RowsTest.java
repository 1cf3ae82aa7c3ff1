package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowsTest {
    @Test
    void rowsLieOneAfterAnother() {
        assertThat(Rows.of(List.of(
                        Map.of("x", Tensor.floats(new float[] {1, 2}, 1, 2), "y", Tensor.longs(new long[] {7}, 1)),
                        Map.of("x", Tensor.floats(new float[] {3, 4, 5, 6}, 2, 2), "y", Tensor.longs(new long[2], 2)))))
                .isEqualTo(Map.of(
                        "x", Tensor.floats(new float[] {1, 2, 3, 4, 5, 6}, 3, 2),
                        "y", Tensor.longs(new long[] {7, 0, 0}, 3)));
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT", "DOUBLE", "INT64", "UINT32", "INT16", "UINT8", "BOOL", "STRING", "FLOAT16"})
    void everyTypeIsPutTogether(ElementType type) {
        Tensor two = Tensor.zeros(type, 2, 3);

        assertThat(Rows.of(List.of(Map.of("x", two), Map.of("x", two))))
                .isEqualTo(Map.of("x", Tensor.zeros(type, 4, 3)));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Tensor tensor = Tensor.floats(new float[2], 1, 2);

        refused("x", Tensor.floats(new float[3], 1, 3), tensor);
        refused("x", Tensor.doubles(new double[2], 1, 2), tensor);
        refused("x", Tensor.floats(new float[2], 2), tensor);
        refused("x", Tensor.floats(new float[1]), Tensor.floats(new float[1]));
        assertThatThrownBy(() -> Rows.of(List.of(Map.of("x", tensor), Map.of("y", tensor))))
                .hasMessageContaining("[y]");
        assertThatThrownBy(() -> Rows.of(List.of(Map.of("x", tensor), Map.of("x", tensor, "y", tensor))))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Rows.of(List.of())).isInstanceOf(InvalidInputException.class);
    }

    private static void refused(String name, Tensor one, Tensor other) {
        assertThatThrownBy(() -> Rows.of(List.of(Map.of(name, one), Map.of(name, other))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'x'");
    }
}
