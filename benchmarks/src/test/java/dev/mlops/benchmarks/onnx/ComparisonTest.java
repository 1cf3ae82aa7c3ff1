package dev.mlops.benchmarks.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Figure FIGURE = Figure.atMost(0.75, "a", "b", "relu4");

    private static Comparison comparison(List<Score> a, List<Score> b) {
        return new Comparison(Map.of("a", a, "b", b));
    }

    /** The ratio of the medians would be 3. */
    @Test
    void aRatioIsTheMedianOfThoseOfEachRound() {
        Comparison comparison = comparison(
                List.of(new Score(1, 0), new Score(30, 0), new Score(300, 0)),
                List.of(new Score(2, 0), new Score(10, 0), new Score(600, 0)));

        assertThat(comparison.ratio(FIGURE)).isEqualTo(0.5);
        assertThat(comparison.value("a")).isEqualTo(30);
    }

    @Test
    void aForkThatFailedIsLeftOutOfTheMedian() {
        Score failed = new Score(Double.NaN, Double.NaN);
        Comparison comparison =
                comparison(List.of(new Score(1, 8), failed, new Score(3, 16)), List.of(failed, failed, failed));

        assertThat(comparison.value("a")).isEqualTo(2);
        assertThat(comparison.bytes("a")).isEqualTo(12);
        assertThat(comparison.ratio(FIGURE)).isNaN();
        assertThat(FIGURE.isReachedBy(comparison.ratio(FIGURE))).isFalse();
    }

    @Test
    void lessThanAByteIsNone() {
        assertThat(comparison(List.of(new Score(1, 0.4)), List.of()).bytes("a")).isZero();
    }

    @Test
    void aFigureIsForItsModelsAndHasASide() {
        assertThat(FIGURE.isFor("relu4")).isTrue();
        assertThat(FIGURE.isFor("encoder")).isFalse();
        assertThat(Figure.atLeast(6, "a", "b").isFor("encoder")).isTrue();
        assertThat(FIGURE.isReachedBy(0.76)).isFalse();
        assertThat(Figure.atLeast(6, "a", "b").isReachedBy(6)).isTrue();
    }

    @Test
    void percentilesAreByNearestRank() {
        Percentiles times = new Percentiles(LongStream.rangeClosed(1, 200).toArray());

        assertThat(times.at(50)).isEqualTo(Duration.ofNanos(100));
        assertThat(times.at(99.9)).isEqualTo(Duration.ofNanos(200));
        assertThat(times.at(0)).isEqualTo(Duration.ofNanos(1));
        assertThat(new Percentiles().max()).isZero();
    }

    @Test
    void argumentsAreRefusedByName() {
        Map<String, String> defaults = Map.of("rounds", "5", "quick", "false");

        assertThat(Arguments.of(defaults, "--quick", "--rounds", "3").count("rounds"))
                .isEqualTo(3);
        assertThatThrownBy(() -> Arguments.of(defaults, "--round", "3")).hasMessageContaining("--round");
        assertThatThrownBy(() -> Arguments.of(defaults, "--rounds")).hasMessageContaining("needs a value");
        assertThatThrownBy(() -> Arguments.of(defaults, "--rounds", "0").count("rounds"))
                .hasMessageContaining("must be positive");
        assertThatThrownBy(() -> Arguments.of(defaults, "--rounds", "1.5").count("rounds"))
                .hasMessageContaining("whole");
        assertThatThrownBy(() -> Arguments.of(defaults, "--rounds", "many").count("rounds"))
                .hasMessageContaining("many");
    }
}
