package dev.mlops.api.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class SplitTest {
    @Test
    void keepsTheOrderInWhichSplitsAreSaid() {
        assertThat(Split.ratio("train", 0.7)
                        .and("validation", 0.2)
                        .and("test", 0.1)
                        .seed(3)
                        .names())
                .containsExactly("train", "validation", "test");
        assertThat(Split.byPath("b", "b/**").and("a", "**").names()).containsExactly("b", "a");
    }

    @Test
    void refusesSharesThatMakeNoSense() {
        assertThatThrownBy(() -> Split.ratio("train", 0)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Split.ratio("train", Double.NaN)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Split.ratio("train", 0.8).and("test", 0.3)).hasMessageContaining("at most 1");
        assertThatThrownBy(() -> Split.ratio("train", 0.5).and("train", 0.5)).hasMessageContaining("twice");
    }

    @Test
    void refusesABrokenGlobWithItsText() {
        assertThatThrownBy(() -> Split.byPath("train", "[a"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("[a");
    }

    @Test
    void filesOutsideAreRefused() {
        assertThatThrownBy(() -> FileSource.of("../secret", new byte[0])).isInstanceOf(InvalidInputException.class);
    }
}
