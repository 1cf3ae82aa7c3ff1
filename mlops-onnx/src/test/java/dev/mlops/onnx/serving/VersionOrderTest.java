package dev.mlops.onnx.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class VersionOrderTest {
    @Test
    void numbersCountByTheirValue() {
        List<String> ascending = List.of(
                "1",
                "1.2",
                "1.10",
                "1.10-rc1",
                "2",
                "007",
                "9",
                "10",
                "99999999999999999999999",
                "a",
                "a1",
                "a2",
                "a10");

        assertThat(ascending.stream().sorted(VersionOrder.INSTANCE.reversed()).sorted(VersionOrder.INSTANCE))
                .containsExactlyElementsOf(ascending);
        assertThat(VersionOrder.INSTANCE.compare("01", "1")).isNegative();
        assertThat(VersionOrder.INSTANCE.compare("1", "1")).isZero();
    }
}
