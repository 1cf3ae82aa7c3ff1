package dev.mlops.onnx.routing;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.onnx.model.OnnxModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Who serves at one time. Immutable. */
final class Route {
    final List<Arm> arms;
    final boolean isClosed;

    Route(List<Arm> arms, boolean isClosed) {
        this.arms = List.copyOf(arms);
        this.isClosed = isClosed;
    }

    Arm pick() {
        if (arms.size() == 1) {
            return arms.get(0);
        }
        int left = Percent.draw();
        int i = 0;
        while (left >= arms.get(i).percent()) {
            left -= arms.get(i++).percent();
        }
        return arms.get(i);
    }

    /** The same with one more; the others keep a share each of the rest, but for those for which nothing is left. */
    Route with(Arm arm) {
        List<Arm> all = shrunk(Percent.WHOLE - arm.percent());
        all.add(arm);
        return new Route(all, isClosed);
    }

    /** By largest remainders (Hamilton), of equal ones first to who would have nothing otherwise. */
    private List<Arm> shrunk(int percent) {
        int[] shares = arms.stream()
                .mapToInt(arm -> percent * arm.percent() / Percent.WHOLE)
                .toArray();
        int left = percent - Arrays.stream(shares).sum();
        IntStream.range(0, shares.length)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(
                                i -> -(percent * arms.get(i).percent() % Percent.WHOLE))
                        .thenComparingInt(i -> shares[i]))
                .limit(left)
                .forEach(i -> shares[i]++);
        List<Arm> shrunk = new ArrayList<>();
        for (int i = 0; i < shares.length; i++) {
            if (shares[i] > 0) {
                shrunk.add(arms.get(i).withPercent(shares[i]));
            }
        }
        return shrunk;
    }

    /** Some of the same with other shares. */
    Route weighed(Map<OnnxModel, Integer> weights) {
        int sum = 0;
        List<Arm> weighed = new ArrayList<>();
        for (Map.Entry<OnnxModel, Integer> each : weights.entrySet()) {
            Arm arm = of(each.getKey());
            if (arm == null || each.getValue() < 1 || each.getValue() > Percent.WHOLE) {
                throw new InvalidInputException(
                        "weights", each, "must be a percentage, 1 to 100, of a model that serves");
            }
            weighed.add(arm.withPercent(each.getValue()));
            sum += each.getValue();
        }
        if (sum != Percent.WHOLE) {
            throw new InvalidInputException("weights", weights.values(), "must be 100 together, not " + sum);
        }
        return new Route(weighed, isClosed);
    }

    Route closed() {
        return new Route(arms, true);
    }

    /** Those whose models do not serve in another one. */
    List<Arm> without(Route other) {
        return arms.stream().filter(arm -> other.of(arm.model()) == null).toList();
    }

    List<OnnxModel> models() {
        return arms.stream().map(Arm::model).toList();
    }

    /** What serves with this model; null if nothing does. */
    @Nullable
    Arm of(OnnxModel model) {
        return arms.stream()
                .filter(arm -> arm.model().equals(model))
                .findFirst()
                .orElse(null);
    }
}
