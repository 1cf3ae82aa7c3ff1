package dev.mlops.onnx.routing;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * A model that can be replaced while it serves, or whose calls are split between versions. Thread-safe; calls take no
 * lock. A replacement is loaded, checked against the signature of what serves, and warmed up before it gets the first
 * call; the one before is closed once its last call is over, so that no call fails or is lost. What fails on the way
 * leaves everything as it was.
 *
 * <pre>{@code
 * try (ModelRouter digits = ModelRouter.of(OnnxModel.load(first))) {
 *     digits.run(inputs);                                  // from any thread, all the time
 *     digits.swap(() -> OnnxModel.load(second), 1, 32);    // warmed up with 1 and 32 rows
 * }
 * }</pre>
 */
public final class ModelRouter implements AutoCloseable {
    private static final int WHOLE = 100;
    /** For calls that go on when a model is replaced; longer than any call is expected to take. */
    private static final Duration DRAIN = Duration.ofDays(1);

    private final Object changing = new Object();
    private volatile Route route;

    private ModelRouter(Route route) {
        this.route = route;
    }

    /** A share of the calls. */
    private record Arm(OnnxModel model, int percent) {}

    /** Who serves at one time; arrays for the way of each call. */
    private static final class Route {
        private final List<Arm> arms;
        private final boolean isClosed;

        Route(List<Arm> arms, boolean isClosed) {
            this.arms = List.copyOf(arms);
            this.isClosed = isClosed;
        }

        OnnxModel pick() {
            if (arms.size() == 1) {
                return arms.get(0).model;
            }
            int left = ThreadLocalRandom.current().nextInt(WHOLE);
            int i = 0;
            while (left >= arms.get(i).percent) {
                left -= arms.get(i++).percent;
            }
            return arms.get(i).model;
        }

        List<OnnxModel> models() {
            return arms.stream().map(Arm::model).toList();
        }
    }

    /** Serves with a model, which is closed by this from now on. */
    public static ModelRouter of(OnnxModel model) {
        return new ModelRouter(new Route(List.of(new Arm(model, WHOLE)), false));
    }

    /** The models that serve now with the percentage of calls that each gets, in the order in which they were given. */
    public Map<OnnxModel, Integer> weights() {
        Map<OnnxModel, Integer> weights = new LinkedHashMap<>();
        route.arms.forEach(arm -> weights.put(arm.model, arm.percent));
        return weights;
    }

    /**
     * Runs a model that serves.
     *
     * @throws InvalidInputException if the inputs do not fit or the model fails on them
     * @throws UnavailableException if this is closed
     */
    public Result run(Map<String, Tensor> inputs) {
        return run(inputs, RunLimits.NONE);
    }

    /** As {@link #run(Map)}, but not for longer than {@code limits} say. */
    public Result run(Map<String, Tensor> inputs, RunLimits limits) {
        while (true) {
            Route seen = route;
            OnnxModel model = seen.pick();
            try {
                return model.run(inputs, limits);
            } catch (UnavailableException e) {
                // It was replaced and closed between the pick and the run, which therefore did not begin.
                if (seen.isClosed || route == seen) {
                    throw e;
                }
            }
        }
    }

    /**
     * Has one model serve in the place of those that do, and returns when they are closed.
     *
     * @param loading loads the model, which is closed by this from then on
     * @param warmUpRows the numbers of rows to run it with before it serves, with zeros in all inputs
     * @throws ConflictException if a program that uses the models that serve cannot use this one, with the reasons
     * @throws UnavailableException if this is closed
     * @throws RuntimeException what loading throws
     */
    public void swap(Supplier<OnnxModel> loading, int... warmUpRows) {
        split(loading, WHOLE, warmUpRows);
    }

    /**
     * Has a further model serve a share of the calls; those that serve keep theirs of the rest, in proportion.
     *
     * @param percent 1 to 100; with 100 the others are closed, and this returns when they are
     * @throws ConflictException as {@link #swap} does
     */
    public void split(Supplier<OnnxModel> loading, int percent, int... warmUpRows) {
        if (percent < 1 || percent > WHOLE) {
            throw new InvalidInputException("percent", percent, "must be 1 to " + WHOLE);
        }
        synchronized (changing) {
            checkOpen();
            OnnxModel next = loading.get();
            try {
                check(next);
                WarmUp.run(next, warmUpRows);
            } catch (RuntimeException | Error e) {
                next.close();
                throw e;
            }
            List<Arm> arms = shrunk(WHOLE - percent);
            arms.add(new Arm(next, percent));
            replace(arms);
        }
    }

    /**
     * Changes the shares of the models that serve.
     *
     * @param weights a percentage for some or all of them, 100 together; the others are closed
     */
    public void weigh(Map<OnnxModel, Integer> weights) {
        synchronized (changing) {
            checkOpen();
            int sum = 0;
            List<Arm> arms = new ArrayList<>();
            for (Map.Entry<OnnxModel, Integer> each : weights.entrySet()) {
                if (each.getValue() < 1 || !route.models().contains(each.getKey())) {
                    throw new InvalidInputException(
                            "weights", each, "must be a positive percentage of a model that serves");
                }
                arms.add(new Arm(each.getKey(), each.getValue()));
                sum += each.getValue();
            }
            if (sum != WHOLE) {
                throw new InvalidInputException("weights", weights.values(), "must be 100 together, not " + sum);
            }
            replace(arms);
        }
    }

    /** The arms that serve now, with so many percent together; those for which nothing is left are dropped. */
    private List<Arm> shrunk(int percent) {
        List<Arm> arms = new ArrayList<>();
        int left = percent;
        int before = WHOLE;
        for (Arm arm : route.arms) {
            int share = left * arm.percent / before;
            before -= arm.percent;
            left -= share;
            if (share > 0) {
                arms.add(new Arm(arm.model, share));
            }
        }
        return arms;
    }

    private void check(OnnxModel next) {
        for (OnnxModel serving : route.models()) {
            List<String> reasons = next.signature().incompatibilitiesWith(serving.signature());
            if (!reasons.isEmpty()) {
                throw new ConflictException("%s cannot serve in the place of %s: %s"
                        .formatted(next.name(), serving.name(), String.join(", ", reasons)));
            }
        }
    }

    private void replace(List<Arm> arms) {
        List<OnnxModel> before = route.models();
        Route next = new Route(arms, false);
        route = next;
        for (OnnxModel model : before) {
            if (!next.models().contains(model)) {
                model.drain(DRAIN);
            }
        }
    }

    private void checkOpen() {
        if (route.isClosed) {
            throw new UnavailableException("the router of " + route.models() + " is closed");
        }
    }

    /** Closes the models that serve, as {@link OnnxModel#close()} does. Idempotent. */
    @Override
    public void close() {
        synchronized (changing) {
            route = new Route(route.arms, true);
            route.models().forEach(OnnxModel::close);
        }
    }

    /** The models that serve and their shares. */
    @Override
    public String toString() {
        return "router of " + weights();
    }
}
