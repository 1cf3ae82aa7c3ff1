package dev.mlops.api.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static Progress progress(long doneItems, long items, long doneBytes, long bytes, long seconds) {
        return new Progress(doneItems, items, doneBytes, bytes, 0).elapsed(Duration.ofSeconds(seconds));
    }

    @Test
    void theRateIsThatOfTheWholeCall() {
        assertThat(progress(1, 2, 500, 1_000, 5).bytesPerSecond()).isEqualTo(100);
        assertThat(new Progress(1, 2, 500, 1_000, 0).bytesPerSecond()).isZero();
    }

    @Test
    void theTimeLeftGoesByBytesOrElseByItems() {
        assertThat(progress(1, 2, 250, 1_000, 5).timeLeft()).contains(Duration.ofSeconds(15));
        assertThat(progress(1, 4, 0, 0, 5).timeLeft()).contains(Duration.ofSeconds(15));
        assertThat(progress(4, 4, 1_000, 1_000, 5).timeLeft()).contains(Duration.ZERO);
        assertThat(progress(4, 4, Long.MAX_VALUE - 1, Long.MAX_VALUE, 5).timeLeft())
                .isPresent();
    }

    @Test
    void whatCannotBeKnownIsNotTold() {
        assertThat(progress(1, -1, 250, -1, 5).timeLeft()).isEmpty();
        assertThat(progress(0, 9, 0, 1_000, 5).timeLeft()).isEmpty();
        assertThat(new Progress(1, 2, 250, 1_000, 0).timeLeft()).isEmpty();
    }
}
