package dev.mlops.onnx.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static Tensor row(float... scores) {
        return Tensor.floats(scores, 1, scores.length);
    }

    @Test
    void softmaxIsOfEachRow() {
        Tensor probabilities = Scores.softmax().apply(Tensor.floats(new float[] {0, 0, 1, 3}, 2, 2));

        assertThat(probabilities.shape()).containsExactly(2, 2);
        assertThat(probabilities.floats())
                .containsExactly(new float[] {0.5f, 0.5f, 0.11920292f, 0.880797f}, within(1e-7f));
    }

    @Test
    void softmaxDoesNotOverflowAndTakesWhatIsImpossible() {
        assertThat(Scores.softmax().apply(row(1e30f, -1e30f)).floats()).containsExactly(1, 0);
        assertThat(Scores.softmax().apply(row(5, Float.NEGATIVE_INFINITY)).floats())
                .containsExactly(1, 0);
    }

    @Test
    void whatHasNoOrderIsRefused() {
        assertThatThrownBy(() -> Scores.softmax().apply(row(Float.NaN, 1))).hasMessageContaining("stage 'softmax'");
        assertThatThrownBy(() -> Scores.softmax().apply(row(1, Float.NaN))).hasMessageContaining("NaN");
        assertThatThrownBy(() -> Scores.softmax().apply(row(1, Float.POSITIVE_INFINITY)))
                .hasMessageContaining("no softmax");
        assertThatThrownBy(() -> Scores.softmax().apply(row(Float.NEGATIVE_INFINITY)))
                .hasMessageContaining("no softmax");
        assertThatThrownBy(() -> Scores.argmax().apply(row(Float.NaN))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Scores.topK(1, Labels.numbered(2)).apply(row(1, Float.NaN)))
                .hasMessageContaining("stage 'top-k'");
        assertThatThrownBy(() -> Scores.sigmoid().apply(row(Float.NaN))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Scores.softmax().apply(Tensor.floats(new float[0], 1, 0)))
                .hasMessageContaining("one score at least");
        assertThatThrownBy(() -> Scores.softmax().apply(Tensor.longs(new long[1], 1)))
                .hasMessageContaining("INT64");
    }

    @Test
    void sigmoidIsOfEachScore() {
        assertThat(Scores.sigmoid().apply(row(0, 2, -2, 1000, -1000)).floats())
                .containsExactly(new float[] {0.5f, 0.880797f, 0.11920292f, 1, 0}, within(1e-7f));
    }

    @Test
    void argmaxTakesTheFirstOfEqualScores() {
        assertThat(Scores.argmax().apply(Tensor.floats(new float[] {1, 3, 3, -1, -2, -1}, 2, 3)))
                .containsExactly(1, 0);
        assertThat(Scores.argmax().apply(row(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY)))
                .containsExactly(0);
    }

    @Test
    void topKNamesTheBest() {
        Labels labels = Labels.of(List.of("cat", "dog", "owl", "fox"));

        assertThat(Scores.topK(3, labels).apply(row(0.1f, 0.5f, 0.5f, -0f)))
                .containsExactly(
                        List.of(new Score("dog", 1, 0.5f), new Score("owl", 2, 0.5f), new Score("cat", 0, 0.1f)));
        assertThat(Scores.topK(9, labels).apply(row(1, 2, 3, 4)).get(0)).hasSize(4);
        assertThatThrownBy(() -> Scores.topK(3, labels).apply(row(1, 2)))
                .hasMessageContaining("as many as the labels, 4");
        assertThatThrownBy(() -> Scores.topK(0, labels)).isInstanceOf(InvalidInputException.class);
    }

    @Property(tries = 300)
    void softmaxIsADistributionInTheSameOrder(
            @ForAll @Size(min = 1, max = 50) List<@FloatRange(min = -100, max = 100) Float> logits) {
        float[] shares = Scores.softmax().apply(row(array(logits))).floats();

        double sum = 0;
        for (int i = 0; i < shares.length; i++) {
            assertThat(shares[i]).isBetween(0f, 1f);
            sum += shares[i];
            for (int j = 0; j < shares.length; j++) {
                if (logits.get(i) > logits.get(j)) {
                    assertThat(shares[i]).isGreaterThanOrEqualTo(shares[j]);
                }
            }
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
    }

    @Property(tries = 300)
    void topKIsTheBeginningOfAStableSort(
            @ForAll @Size(min = 1, max = 30) List<@FloatRange(min = -2, max = 2) Float> drawn,
            @ForAll @IntRange(min = 1, max = 35) int k) {
        // Rounded, so that many are equal and both zeros occur.
        List<Float> scores =
                drawn.stream().map(score -> (float) Math.rint(score)).toList();
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, scores.size()).boxed().toList());
        order.sort(Comparator.comparing((Integer i) -> -scores.get(i) + 0f));

        List<Score> best = Scores.topK(k, Labels.numbered(scores.size()))
                .apply(row(array(scores)))
                .get(0);

        assertThat(best).extracting(Score::index).isEqualTo(order.subList(0, Math.min(k, order.size())));
    }

    private static float[] array(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
