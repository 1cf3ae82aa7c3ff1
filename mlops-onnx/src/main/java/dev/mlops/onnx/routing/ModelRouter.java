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
import dev.mlops.onnx.model.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
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
    /** Held by whoever changes what serves, from the load to the publication, so that there is one at a time. */
    private final Object changing = new Object();

    private final Candidates candidates;
    private final Serving serving;

    private ModelRouter(OnnxModel model, @Nullable BatchOptions batchOptions) {
        this.candidates = new Candidates(batchOptions);
        this.serving = new Serving(candidates.arm(model, Percent.WHOLE));
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
     * @throws InvalidInputException as {@link BatchingModel#of} does; the model stays open then
     */
    public static ModelRouter batching(OnnxModel model, BatchOptions options) {
        return new ModelRouter(model, options);
    }

    /** The models that serve now with the percentage of calls that each gets, in the order in which they were given. */
    public Map<OnnxModel, Integer> weights() {
        Map<OnnxModel, Integer> weights = new LinkedHashMap<>();
        serving.route().arms.forEach(arm -> weights.put(arm.model(), arm.percent()));
        return weights;
    }

    /** What the models that serve take and give; of several, the one that was given first. */
    public Signature signature() {
        return serving.route().arms.get(0).model().signature();
    }

    /** True if calls are run together. */
    public boolean isBatching() {
        return candidates.areBatching();
    }

    /** False once this was told to close. */
    public boolean isOpen() {
        return !serving.route().isClosed;
    }

    /**
     * Runs a model that serves.
     *
     * @param inputs a value for each input by name, tensors only where calls are batched
     * @throws InvalidInputException if the inputs do not fit or the model fails on them
     * @throws UnavailableException if this is closed
     */
    public Result run(Map<String, ? extends Value> inputs) {
        return run(inputs, RunLimits.NONE);
    }

    /** As {@link #run(Map)}, but not for longer than {@code limits} say; such a run is not batched. */
    public Result run(Map<String, ? extends Value> inputs, RunLimits limits) {
        Result result = serving.call(arm -> arm.run(inputs, limits));
        Shadow comparing = serving.shadow();
        if (comparing != null) {
            comparing.offer(inputs, result);
        }
        return result;
    }

    /** As {@link #submit(Map, RequestOptions)} with {@link RequestOptions#DEFAULT}. */
    public CompletableFuture<Result> submit(Map<String, ? extends Value> inputs) {
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
    public CompletableFuture<Result> submit(Map<String, ? extends Value> inputs, RequestOptions how) {
        CompletableFuture<Result> future = serving.call(arm -> arm.submit(inputs, how));
        Shadow comparing = serving.shadow();
        if (comparing != null) {
            Map<String, ? extends Value> kept = Map.copyOf(inputs);
            Future<?> unused = future.thenAccept(result -> comparing.offer(kept, result));
        }
        return future;
    }

    /**
     * Has a model run again what those that serve answer, in a thread of its own, and compares the outputs. It takes the
     * place of the one that did so before, which is closed.
     *
     * @param loading loads the model, which is closed by the shadow or by this from then on
     * @throws ConflictException if a program that uses the models that serve cannot use this one, with the reasons, or if it
     *     is closed, or serves already; only the last leaves it open
     * @throws UnavailableException if this is closed
     */
    public Shadow shadow(Supplier<OnnxModel> loading, ShadowOptions options) {
        Shadow before;
        Shadow made;
        synchronized (changing) {
            serving.checkOpen();
            before = serving.shadow();
            made = new Shadow(candidates.load(loading, serving), options);
            serving.shadow(made);
        }
        if (before != null) {
            before.close();
        }
        return made;
    }

    /**
     * Has the model of the shadow serve in the place of those that do, as {@link #swap} does; there is no shadow then, and
     * closing the one that there was does nothing.
     *
     * @param promoted the shadow of this
     * @throws ConflictException if it is not the shadow of this any more or is closed, or if a program that uses the models
     *     that serve now cannot use its model
     */
    public void promote(Shadow promoted, int... warmUpRows) {
        List<Arm> gone;
        synchronized (changing) {
            serving.checkOpen();
            if (serving.shadow() != promoted) {
                throw new ConflictException(promoted.model().name() + " is not the shadow of " + this);
            }
            candidates.prepare(promoted.model(), serving.route(), warmUpRows);
            Arm next = candidates.arm(promoted.model(), Percent.WHOLE);
            if (!promoted.letGo()) {
                next.close();
                throw new ConflictException(promoted.model().name() + " cannot serve: its shadow is closed");
            }
            gone = serving.add(next, null);
        }
        Drain.all(gone);
    }

    /**
     * Has one model serve in the place of those that do, and returns when they are closed, or when interrupted; they are
     * closed all the same once their last call is over.
     *
     * @param loading loads the model, which is closed by this from then on
     * @param warmUpRows the numbers of rows to run it with before it serves, with zeros in all inputs; the preferred batch
     *     sizes if there are none and calls are batched. Open dimensions after the first are 1, or as a row shape of the
     *     batching tells. A model that fails on these does not serve; but one that takes sequences, maps or optional
     *     values gets small ones and serves in any case, as its signature does not tell all of what it takes
     * @throws ConflictException if a program that uses the models that serve cannot use this one, with the reasons, or if it
     *     is closed, or serves already; only the last leaves it open
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
        List<Arm> gone;
        synchronized (changing) {
            serving.checkOpen();
            gone = serving.add(candidates.arm(loading, serving, percent, warmUpRows), serving.shadow());
        }
        Drain.all(gone);
    }

    /**
     * Changes the shares of the models that serve.
     *
     * @param weights a percentage for some or all of them, 100 together; the others are closed, and this returns as
     *     {@link #swap} does
     * @throws InvalidInputException if they are not 100 together, or a model does not serve
     * @throws UnavailableException if this is closed
     */
    public void weigh(Map<OnnxModel, Integer> weights) {
        List<Arm> gone;
        synchronized (changing) {
            serving.checkOpen();
            gone = serving.weigh(weights);
        }
        Drain.all(gone);
    }

    /**
     * Closes the models that serve and the shadow, as {@link OnnxModel#close()} does. Waits neither for a model that is
     * being loaded, which is closed then, nor for one that was replaced, which is closed once its last call is over.
     * Idempotent.
     */
    @Override
    public void close() {
        serving.close();
    }

    /** The models that serve and their shares. */
    @Override
    public String toString() {
        return "router of " + weights();
    }
}
