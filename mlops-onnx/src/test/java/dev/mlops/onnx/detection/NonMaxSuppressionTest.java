package dev.mlops.onnx.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.InvalidInputException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class NonMaxSuppressionTest {
    private static Detection at(float left, int index, float score) {
        return new Detection(new Box(left, 0, left + 10, 10), "class" + index, index, score);
    }

    @Test
    void theHighestScoreOfThoseThatOverlapStays() {
        // IoU of the first two is 9/11, of the first and the third 1/3.
        List<Detection> candidates = List.of(at(1, 0, 0.8f), at(0, 0, 0.9f), at(5, 0, 0.7f), at(0, 1, 0.6f));

        assertThat(NonMaxSuppression.of(0.5f).apply(candidates))
                .containsExactly(at(0, 0, 0.9f), at(5, 0, 0.7f), at(0, 1, 0.6f));
        assertThat(NonMaxSuppression.of(0.3f).apply(candidates)).containsExactly(at(0, 0, 0.9f), at(0, 1, 0.6f));
    }

    @Test
    void exactlyTheThresholdStays() {
        List<Detection> half = List.of(
                new Detection(new Box(0, 0, 2, 1), "a", 0, 0.9f), new Detection(new Box(0, 0, 1, 1), "a", 0, 0.8f));

        assertThat(NonMaxSuppression.of(0.5f).apply(half)).hasSize(2);
    }

    @Test
    void limitsBoundWhatIsLookedAtAndKept() {
        List<Detection> apart = List.of(at(0, 0, 0.1f), at(20, 0, 0.2f), at(40, 0, 0.3f));

        assertThat(new NonMaxSuppression(0.5f, 2, 9).apply(apart)).containsExactly(at(40, 0, 0.3f), at(20, 0, 0.2f));
        assertThat(new NonMaxSuppression(0.5f, 9, 1).apply(apart)).containsExactly(at(40, 0, 0.3f));
        assertThatThrownBy(() -> NonMaxSuppression.of(1.5f)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> NonMaxSuppression.of(Float.NaN)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> new NonMaxSuppression(0.5f, 0, 1)).isInstanceOf(InvalidInputException.class);
    }

    @Provide
    Arbitrary<List<Detection>> detections() {
        Arbitrary<Integer> places = Arbitraries.integers().between(0, 20);
        return Combinators.combine(
                        places, places, places, Arbitraries.integers().between(0, 2), places)
                .as((left, top, size, index, score) -> new Detection(
                        new Box(left, top, left + size + 1, top + 8), "class" + index, index, score / 20f))
                .list()
                .ofMaxSize(40);
    }

    @Property(tries = 300)
    void whatIsKeptDoesNotOverlapAndWhatIsNotDoes(
            @ForAll("detections") List<Detection> candidates, @ForAll @FloatRange(min = 0, max = 1) float threshold) {
        NonMaxSuppression suppression = NonMaxSuppression.of(threshold);

        List<Detection> kept = suppression.apply(candidates);

        assertThat(candidates).containsAll(kept);
        assertThat(kept).isSortedAccordingTo((one, other) -> Float.compare(other.score(), one.score()));
        assertThat(suppression.apply(kept)).isEqualTo(kept);
        for (Detection candidate : candidates) {
            long rivals = kept.stream()
                    .filter(each -> each.index() == candidate.index()
                            && each.score() >= candidate.score()
                            && (each.equals(candidate) || each.box().iou(candidate.box()) > threshold))
                    .count();
            assertThat(rivals).isPositive();
        }
    }
}
