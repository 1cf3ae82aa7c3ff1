package dev.mlops.api.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MetricTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

    @Test
    void keepsNanAndInfinitiesAndDropsNegativeZero() {
        assertThat(new Metric("m", Double.NaN, 0, NOW).value()).isNaN();
        assertThat(new Metric("m", Double.NEGATIVE_INFINITY, 0, NOW).value()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(Double.doubleToRawLongBits(new Metric("m", -0.0, 0, NOW).value()))
                .isZero();
    }

    @Test
    void cutsTimesToTheMillisecond() {
        assertThat(new Metric("m", 1, 0, NOW.plusNanos(999)).timestamp()).isEqualTo(NOW);
    }

    @Test
    void refusesTimesBefore1970AndBadKeys() {
        assertThatThrownBy(() -> new Metric("m", 1, 0, Instant.ofEpochMilli(-1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("1970");
        assertThatThrownBy(() -> new Metric("a;b", 1, 0, NOW))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'a;b'");
    }
}
