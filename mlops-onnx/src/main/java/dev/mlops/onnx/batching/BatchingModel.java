package dev.mlops.onnx.batching;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
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
 * depends on them has returned: give long work to another executor, with {@link CompletableFuture#thenApplyAsync}. Rows are
 * run also if their future is cancelled.
 */
public final class BatchingModel implements AutoCloseable {
    private final OnnxModel model;
    private final BatchOptions options;
    private final BatchScheduler scheduler;
    private final Requests requests;

    private BatchingModel(OnnxModel model, BatchOptions options) {
        this.model = model;
        this.options = options;
        RowShapes rowShapes = new RowShapes(model.signature(), options.rowShapes());
        this.scheduler = new BatchScheduler(model, rowShapes, options);
        this.requests = new Requests(model, rowShapes, options, scheduler.meter());
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
     * @throws CancelledException if this was closed before the rows were run, or the caller is interrupted while it waits
     *     for room in the queue
     */
    public float[] run(float[] rows) {
        CompletableFuture<float[]> future = new CompletableFuture<>();
        runOrAdd(requests.of(rows, RequestOptions.DEFAULT, completing(future)));
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
     * @throws CancelledException if this was closed before the rows were run, or the caller is interrupted while it waits
     *     for room in the queue
     */
    public Result run(Map<String, Tensor> inputs) {
        CompletableFuture<Result> future = new CompletableFuture<>();
        runOrAdd(requests.of(inputs, RequestOptions.DEFAULT, completing(future)));
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
     * @throws CancelledException if the caller waits for room in the queue, and is interrupted or the deadline is over
     */
    public CompletableFuture<float[]> submit(float[] rows, RequestOptions how) {
        CompletableFuture<float[]> future = new CompletableFuture<>();
        scheduler.add(requests.of(rows, how, completing(future)));
        return future;
    }

    /** As {@link #run(Map)}, without waiting; fails and throws as {@link #submit(float[], RequestOptions)} does. */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs) {
        return submit(inputs, RequestOptions.DEFAULT);
    }

    /** As {@link #run(Map)}, without waiting; fails and throws as {@link #submit(float[], RequestOptions)} does. */
    public CompletableFuture<Result> submit(Map<String, Tensor> inputs, RequestOptions how) {
        CompletableFuture<Result> future = new CompletableFuture<>();
        scheduler.add(requests.of(inputs, how, completing(future)));
        return future;
    }

    /**
     * As {@link #submit(float[], RequestOptions)}, with a receiver in place of a future, which is the cheapest.
     *
     * @param receiver gets the output, or null and why there is none
     */
    public void submit(
            float[] rows, RequestOptions how, BiConsumer<float @Nullable [], @Nullable RuntimeException> receiver) {
        scheduler.add(requests.of(rows, how, receiver));
    }

    /** As {@link #submit(Map, RequestOptions)}, with a receiver in place of a future. */
    public void submit(
            Map<String, Tensor> inputs,
            RequestOptions how,
            BiConsumer<@Nullable Result, @Nullable RuntimeException> receiver) {
        scheduler.add(requests.of(inputs, how, receiver));
    }

    private void runOrAdd(Request request) {
        if (scheduler.runAlone(request)) {
            scheduler.deliver(request);
        } else {
            scheduler.add(request);
        }
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
     * Lets no request in any more, has those that wait run, gives them up after {@link BatchOptions#closeGrace()} or at
     * once when interrupted, and frees the native memory; the model stays open. Idempotent.
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
