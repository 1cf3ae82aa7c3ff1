package dev.mlops.onnx.batching;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.Signature;
import dev.mlops.onnx.metrics.Failure;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A model that runs the rows of many callers together, which takes far less time than running each by itself. A row is
 * what one index of the first dimension holds, the same of every input. Thread-safe.
 *
 * <p>A batch is what came in while the one before was running, up to {@link BatchOptions#maxBatchSize()}; a caller that
 * is alone is served in its own thread at once. A request that the model fails on fails by itself: what was in the same
 * batch is run again without it.
 *
 * <pre>{@code
 * try (OnnxModel model = OnnxModel.load(file);
 *         BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
 *     CompletableFuture<float[]> scores = batching.submit(pixels);
 * }
 * }</pre>
 *
 * <p>Results of the asynchronous forms are delivered by the thread that ran the batch, which runs the next one when what
 * depends on them has returned: give long work to another executor, with {@link CompletableFuture#thenApplyAsync}.
 */
public final class BatchingModel implements AutoCloseable {
    private final OnnxModel model;
    private final BatchOptions options;
    private final BatchScheduler scheduler;
    private final RowShapes rowShapes;
    /** The floats of one row of the only input; 0 if there are other inputs or outputs than one of floats. */
    private final int rowLength;

    private BatchingModel(OnnxModel model, BatchOptions options) {
        this.model = model;
        this.options = options;
        this.rowShapes = new RowShapes(model.signature(), options.rowShapes());
        this.rowLength = rowLength(model.signature(), rowShapes);
        this.scheduler = new BatchScheduler(model, rowShapes, options);
    }

    /**
     * Batches for a model, which stays the caller's to close, after this.
     *
     * @throws InvalidInputException if an input or output is no tensor, or one of strings, or has no open first
     *     dimension, or if an input has another open dimension that no {@link BatchOptions.Builder#rowShape} tells; names it
     * @throws UnavailableException if the model is closed
     */
    public static BatchingModel of(OnnxModel model, BatchOptions options) {
        return new BatchingModel(model, options);
    }

    private static int rowLength(Signature signature, RowShapes rowShapes) {
        boolean isOfFloats = signature.inputs().size() == 1
                && signature.outputs().size() == 1
                && signature.inputs().get(0).elementType() == ElementType.FLOAT
                && signature.outputs().get(0).elementType() == ElementType.FLOAT;
        return isOfFloats ? rowShapes.length() : 0;
    }

    /** The model that runs. */
    public OnnxModel model() {
        return model;
    }

    /** How rows are put together. */
    public BatchOptions options() {
        return options;
    }

    /** False once this or the model was told to close. */
    public boolean isOpen() {
        return scheduler.isOpen() && model.isOpen();
    }

    /** How many rows wait now. */
    public int waitingRows() {
        return scheduler.waiting();
    }

    /** How many rows a batch may have now; less than the maximum only if there is a latency objective. */
    public int batchLimit() {
        return scheduler.limit().rows();
    }

    /**
     * Runs rows of a model with one FLOAT input and one FLOAT output, and waits for the result.
     *
     * @param rows one row or several, one after the other; not to be changed before this returns
     * @return the output of these rows
     * @throws InvalidInputException if the rows do not fit, the model fails on them, or has other inputs or outputs
     * @throws UnavailableException if the queue is full and callers do not wait, or this or the model is closed
     * @throws CancelledException if this was closed before the rows were run
     */
    public float[] run(float[] rows) {
        CompletableFuture<float[]> future = new CompletableFuture<>();
        Request request = request(rows, RequestOptions.DEFAULT, completing(future));
        runOrAdd(request);
        return join(future);
    }

    /**
     * Runs rows and waits for the result.
     *
     * @param inputs a tensor for each input by name, all with the same first dimension, at most
     *     {@link BatchOptions#maxBatchSize()}
     * @return all outputs, of these rows only
     * @throws InvalidInputException if the inputs do not fit the signature or the model fails on them
     * @throws UnavailableException if the queue is full and callers do not wait, or this or the model is closed
     * @throws CancelledException if this was closed before the rows were run
     */
    public Result run(Map<String, Tensor> inputs) {
        CompletableFuture<Result> future = new CompletableFuture<>();
        Request request = request(inputs, RequestOptions.DEFAULT, completing(future));
        runOrAdd(request);
        return join(future);
    }

    /** As {@link #run(float[])}, without waiting; the rows must not be changed before the result is there. */
    public CompletableFuture<float[]> submit(float[] rows) {
        return submit(rows, RequestOptions.DEFAULT);
    }

    /**
     * As {@link #run(float[])}, without waiting.
     *
     * @return fails with what {@link #run(float[])} throws, and with a {@link CancelledException} if its deadline is over
     * @throws InvalidInputException at once if the rows do not fit
     * @throws UnavailableException at once if the queue is full and callers do not wait, or this is closed
     */
    public CompletableFuture<float[]> submit(float[] rows, RequestOptions how) {
        CompletableFuture<float[]> future = new CompletableFuture<>();
        scheduler.add(request(rows, how, completing(future)), level(how));
        return future;
    }

    /** As {@link #run(Map)}, without waiting; fails and throws as {@link #submit(float[], RequestOptions)} does. */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return submit(inputs, RequestOptions.DEFAULT);
    }

    /** As {@link #run(Map)}, without waiting; fails and throws as {@link #submit(float[], RequestOptions)} does. */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs, RequestOptions how) {
        CompletableFuture<Result> future = new CompletableFuture<>();
        scheduler.add(request(inputs, how, completing(future)), level(how));
        return future;
    }

    /**
     * As {@link #submit(float[], RequestOptions)}, with a receiver in place of a future, which is the cheapest.
     *
     * @param receiver gets the output, or null and why there is none
     */
    public void submit(
            float[] rows, RequestOptions how, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        scheduler.add(request(rows, how, receiver), level(how));
    }

    /** As {@link #submit(Map, RequestOptions)}, with a receiver in place of a future. */
    public void submit(
            Map<String, Tensor> inputs,
            RequestOptions how,
            BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
        scheduler.add(request(inputs, how, receiver), level(how));
    }

    private void runOrAdd(Request request) {
        if (scheduler.runAlone(request)) {
            scheduler.deliver(request);
        } else {
            scheduler.add(request, options.priorityLevels() - 1);
        }
    }

    private Request request(
            float[] rows, RequestOptions how, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        try {
            return new Request.OfFloats(rows, count(rows), patience(how), receiver);
        } catch (InvalidInputException e) {
            scheduler.meter().refused(Failure.INVALID_INPUT);
            throw e;
        }
    }

    private int count(float[] rows) {
        if (rowLength == 0) {
            throw new InvalidInputException(
                    "rows", "floats", "do not fit: the model is " + model.signature() + "; give tensors by name");
        }
        if (rows.length == 0 || rows.length % rowLength != 0) {
            throw new InvalidInputException(
                    "rows", rows.length + " floats", "must be one row or more of " + rowLength + " floats");
        }
        return checked(rows.length / rowLength);
    }

    private Request request(
            Map<String, Tensor> inputs,
            RequestOptions how,
            BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
        try {
            return new Request.OfTensors(Map.copyOf(inputs), count(inputs), patience(how), receiver);
        } catch (InvalidInputException e) {
            scheduler.meter().refused(Failure.INVALID_INPUT);
            throw e;
        }
    }

    private int count(Map<String, Tensor> inputs) {
        model.check(inputs);
        return checked(rowShapes.count(inputs));
    }

    private int checked(long rows) {
        if (rows < 1 || rows > options.maxBatchSize()) {
            throw new InvalidInputException("rows", rows, "must be 1 to maxBatchSize, " + options.maxBatchSize());
        }
        return (int) rows;
    }

    private static long patience(RequestOptions how) {
        Duration deadline = how.deadline();
        return deadline == null ? Long.MAX_VALUE : deadline.toNanos();
    }

    private int level(RequestOptions how) {
        int levels = options.priorityLevels();
        if (how.priority() > levels) {
            throw new InvalidInputException("priority", how.priority(), "must be 1 to priorityLevels, " + levels);
        }
        return (how.priority() == 0 ? levels : how.priority()) - 1;
    }

    private static <T> BiConsumer<@Nullable T, @Nullable RuntimeException> completing(CompletableFuture<T> future) {
        return (result, failure) -> {
            if (failure != null) {
                future.completeExceptionally(failure);
            } else {
                future.complete(result);
            }
        };
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof MlopsException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /**
     * Lets no request in any more, has those that wait run, gives them up after {@link BatchOptions#closeGrace()}, and
     * frees the native memory; the model stays open. Idempotent.
     */
    @Override
    public void close() {
        scheduler.close();
    }

    /** The model, and how many rows wait. */
    @Override
    public String toString() {
        return "batching model of %s, %d rows wait".formatted(model, waitingRows());
    }
}
