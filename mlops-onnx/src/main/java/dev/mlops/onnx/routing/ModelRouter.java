package dev.mlops.onnx.routing;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.batching.RequestOptions;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    /** For calls that go on when a model is replaced; longer than any call is expected to take. */
    private static final Duration DRAIN = Duration.ofDays(1);

    private final Object changing = new Object();
    /** How each model batches its calls; null if it does not. */
    private final @Nullable BatchOptions batchOptions;

    private volatile Route route;

    private volatile @Nullable Shadow shadow;

    private ModelRouter(OnnxModel model, @Nullable BatchOptions batchOptions) {
        this.batchOptions = batchOptions;
        this.route = new Route(List.of(Arm.of(model, batchOptions, Percent.WHOLE)), false);
    }

    /** Serves with a model, which is closed by this from now on. */
    public static ModelRouter of(OnnxModel model) {
        return new ModelRouter(model, null);
    }

    /**
     * Serves with a model, which is closed by this from now on, and runs the calls of many callers together, as a
     * {@link BatchingModel} does; each model that serves later has a queue of its own. A model that is replaced has the time
     * of {@link BatchOptions#closeGrace()} to run what waits for it.
     *
     * @throws InvalidInputException as {@link BatchingModel#of} does
     */
    public static ModelRouter batching(OnnxModel model, BatchOptions options) {
        return new ModelRouter(model, options);
    }

    /** The models that serve now with the percentage of calls that each gets, in the order in which they were given. */
    public Map<OnnxModel, Integer> weights() {
        Map<OnnxModel, Integer> weights = new LinkedHashMap<>();
        route.arms.forEach(arm -> weights.put(arm.model(), arm.percent()));
        return weights;
    }

    /** What the models that serve take and give; of several, the one that was given first. */
    public Signature signature() {
        return route.arms.get(0).model().signature();
    }

    /** True if calls are run together. */
    public boolean isBatching() {
        return batchOptions != null;
    }

    /** False once this was told to close. */
    public boolean isOpen() {
        return !route.isClosed;
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

    /** As {@link #run(Map)}, but not for longer than {@code limits} say; such a run is not batched. */
    public Result run(Map<String, Tensor> inputs, RunLimits limits) {
        Result result = onRoute(arm -> arm.run(inputs, limits));
        compare(inputs, result);
        return result;
    }

    /** As {@link #submit(Map, RequestOptions)} with {@link RequestOptions#DEFAULT}. */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return submit(inputs, RequestOptions.DEFAULT);
    }

    /**
     * Runs a model that serves without waiting, where calls are batched; otherwise the result is there when this returns.
     *
     * @param how is for the queue, and says nothing where calls are not batched
     * @return fails as the futures of {@link BatchingModel#submit(Map, RequestOptions)} do
     * @throws InvalidInputException at once if the inputs do not fit
     * @throws UnavailableException at once if the queue is full, or this is closed
     */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs, RequestOptions how) {
        CompletableFuture<Result> future = onRoute(arm -> arm.submit(inputs, how));
        if (shadow == null) {
            return future;
        }
        return future.whenComplete((result, failure) -> {
            if (failure == null) {
                compare(inputs, result);
            }
        });
    }

    private <T> T onRoute(Function<Arm, T> call) {
        while (true) {
            Route seen = route;
            try {
                return call.apply(seen.pick());
            } catch (UnavailableException e) {
                // It was replaced and closed between the pick and the run, which therefore did not begin.
                if (seen.isClosed || route == seen) {
                    throw e;
                }
            }
        }
    }

    private void compare(Map<String, Tensor> inputs, Result result) {
        Shadow comparing = shadow;
        if (comparing != null) {
            comparing.offer(inputs, result);
        }
    }

    /**
     * Has a model run again what those that serve answer, in a thread of its own, and compares the outputs. It takes the
     * place of the one that did so before, which is closed.
     *
     * @param loading loads the model, which is closed by the shadow or by this from then on
     * @throws ConflictException if a program that uses the models that serve cannot use this one, with the reasons
     * @throws UnavailableException if this is closed
     */
    public Shadow shadow(Supplier<OnnxModel> loading, ShadowOptions options) {
        synchronized (changing) {
            checkOpen();
            Shadow made = new Shadow(loaded(loading), options);
            closeShadow();
            shadow = made;
            return made;
        }
    }

    /**
     * Has the model of the shadow serve in the place of those that do, as {@link #swap} does; there is no shadow then.
     *
     * @param promoted the shadow of this
     * @throws ConflictException if it is not the shadow of this any more
     */
    public void promote(Shadow promoted, int... warmUpRows) {
        synchronized (changing) {
            checkOpen();
            if (shadow != promoted) {
                throw new ConflictException(promoted.model().name() + " is not the shadow of " + this);
            }
            WarmUp.run(promoted.model(), rows(warmUpRows));
            Arm next = Arm.of(promoted.model(), batchOptions, Percent.WHOLE);
            shadow = null;
            promoted.stop();
            replace(new Route(List.of(next), false));
        }
    }

    private void closeShadow() {
        Shadow before = shadow;
        shadow = null;
        if (before != null) {
            before.close();
        }
    }

    /**
     * Has one model serve in the place of those that do, and returns when they are closed.
     *
     * @param loading loads the model, which is closed by this from then on
     * @param warmUpRows the numbers of rows to run it with before it serves, with zeros in all inputs; the preferred batch
     *     sizes if there are none and calls are batched
     * @throws ConflictException if a program that uses the models that serve cannot use this one, with the reasons
     * @throws UnavailableException if this is closed
     * @throws RuntimeException what loading throws
     */
    public void swap(Supplier<OnnxModel> loading, int... warmUpRows) {
        split(loading, Percent.WHOLE, warmUpRows);
    }

    /**
     * Has a further model serve a share of the calls; those that serve keep theirs of the rest, in proportion. One whose
     * share of it would round to nothing is closed.
     *
     * @param percent 1 to 100; with 100 the others are closed, and this returns when they are
     * @throws ConflictException as {@link #swap} does
     */
    public void split(Supplier<OnnxModel> loading, int percent, int... warmUpRows) {
        Percent.checked(percent);
        synchronized (changing) {
            checkOpen();
            OnnxModel next = loaded(loading, warmUpRows);
            try {
                replace(route.with(Arm.of(next, batchOptions, percent)));
            } catch (RuntimeException | Error e) {
                next.close();
                throw e;
            }
        }
    }

    private OnnxModel loaded(Supplier<OnnxModel> loading, int... warmUpRows) {
        OnnxModel next = loading.get();
        try {
            check(next);
            WarmUp.run(next, rows(warmUpRows));
            return next;
        } catch (RuntimeException | Error e) {
            next.close();
            throw e;
        }
    }

    /** Where calls are batched and nothing is said, the sizes that batches are preferred to have. */
    private int[] rows(int... warmUpRows) {
        return warmUpRows.length > 0 || batchOptions == null
                ? warmUpRows
                : batchOptions.preferredBatchSizes().stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
    }

    /**
     * Changes the shares of the models that serve.
     *
     * @param weights a percentage for some or all of them, 100 together; the others are closed
     */
    public void weigh(Map<OnnxModel, Integer> weights) {
        synchronized (changing) {
            checkOpen();
            replace(route.weighed(weights));
        }
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

    private void replace(Route next) {
        Route before = route;
        route = next;
        before.without(next).forEach(arm -> arm.drain(DRAIN));
    }

    private void checkOpen() {
        if (route.isClosed) {
            throw new UnavailableException("the router of " + route.models() + " is closed");
        }
    }

    /** Closes the models that serve and the shadow, as {@link OnnxModel#close()} does. Idempotent. */
    @Override
    public void close() {
        synchronized (changing) {
            route = route.closed();
            closeShadow();
            route.arms.forEach(Arm::close);
        }
    }

    /** The models that serve and their shares. */
    @Override
    public String toString() {
        return "router of " + weights();
    }
}
