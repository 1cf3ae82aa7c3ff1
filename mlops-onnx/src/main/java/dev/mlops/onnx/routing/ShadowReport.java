package dev.mlops.onnx.routing;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the outputs of a model in the shadow compare with those that callers got, until some moment.
 *
 * @param matching calls whose outputs were the same within the tolerance
 * @param differing calls with an output that was not
 * @param failed calls on which only the model in the shadow failed
 * @param skipped calls that were not run again, because too many waited
 * @param largestDifferences by output, the largest absolute difference of two numbers; infinite where the type or shape was
 *     another one, or one of them was no number
 * @param example what differed or failed last, for people; null if nothing did
 */
public record ShadowReport(
        long matching,
        long differing,
        long failed,
        long skipped,
        Map<String, Double> largestDifferences,
        @Nullable String example) {
    /** Copies the map. */
    public ShadowReport {
        largestDifferences = Map.copyOf(largestDifferences);
    }

    /** How many calls were run again. */
    public long compared() {
        return matching + differing + failed;
    }

    /** One line of all. */
    @Override
    public String toString() {
        return "shadow of %,d calls: %,d matching, %,d differing, %,d failed; %,d skipped; largest differences %s%s"
                .formatted(
                        compared(),
                        matching,
                        differing,
                        failed,
                        skipped,
                        new TreeMap<>(largestDifferences),
                        example == null ? "" : "; last: " + example);
    }
}
