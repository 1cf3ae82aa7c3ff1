package dev.mlops.onnx.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BatchLimitTest {
    private static final long MILLI = 1_000_000;

    private final BatchLimit limit = new BatchLimit(100, Duration.ofMillis(10));

    @Test
    void oneRowInAHundredMayBeLate() {
        limit.took(198, 10 * MILLI);
        limit.took(2, 11 * MILLI);
        assertThat(limit.rows()).isEqualTo(100);
    }

    @Test
    void moreLateRowsMakeItNineTenths() {
        limit.took(197, 9 * MILLI);
        limit.took(3, 11 * MILLI);
        assertThat(limit.rows()).isEqualTo(90);
        limit.took(200, 11 * MILLI);
        assertThat(limit.rows()).isEqualTo(81);
    }

    @Test
    void itGrowsByOneAndNotBeyondTheMaximum() {
        limit.took(200, 11 * MILLI);
        for (int i = 1; i <= 20; i++) {
            limit.took(200, MILLI);
            assertThat(limit.rows()).isEqualTo(Math.min(100, 90 + i));
        }
    }

    @Test
    void itNeverFallsBelowOneRow() {
        for (int i = 0; i < 200; i++) {
            limit.took(200, 11 * MILLI);
        }
        assertThat(limit.rows()).isEqualTo(1);
    }

    @Test
    void withoutAnObjectiveItIsTheMaximum() {
        BatchLimit fixed = new BatchLimit(7, null);
        fixed.took(10_000, Long.MAX_VALUE);
        assertThat(fixed.rows()).isEqualTo(7);
    }
}
