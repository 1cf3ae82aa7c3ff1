package dev.mlops.onnx.routing;

import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Tensor;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model that runs again what those that serve have answered, after the caller has its result, and compares. Callers do
 * not wait for it: one thread runs it, and what comes too fast is skipped. Made by {@link ModelRouter#shadow}. Thread-safe.
 */
public final class Shadow implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Shadow.class);
    private static final long PATIENCE_SECONDS = 60;

    private final OnnxModel model;
    private final ShadowOptions options;
    private final ThreadPoolExecutor executor;
    private final LongAdder matching = new LongAdder();
    private final LongAdder differing = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final Map<String, Double> largest = new ConcurrentHashMap<>();
    private volatile @Nullable String example;

    Shadow(OnnxModel model, ShadowOptions options) {
        this.model = model;
        this.options = options;
        this.executor = new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(options.maxPending()), task -> {
                    Thread thread = new Thread(task, "mlops-onnx-shadow-" + model.name());
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The model in the shadow. */
    public OnnxModel model() {
        return model;
    }

    /** How it compares until now. */
    public ShadowReport report() {
        return new ShadowReport(matching.sum(), differing.sum(), failed.sum(), skipped.sum(), largest, example);
    }

    /** Runs a call again some time, or skips it. */
    void offer(Map<String, Tensor> inputs, Result expected) {
        if (options.percent() < Percent.WHOLE && Percent.draw() >= options.percent()) {
            return;
        }
        try {
            executor.execute(() -> compare(inputs, expected));
        } catch (RejectedExecutionException e) {
            if (!executor.isShutdown()) {
                skipped.increment();
            }
        }
    }

    private void compare(Map<String, Tensor> inputs, Result expected) {
        try {
            Result actual = model.run(inputs, expected.names());
            boolean isMatch = true;
            for (String name : expected.names()) {
                isMatch &= compare(name, expected, actual);
            }
            (isMatch ? matching : differing).increment();
        } catch (RuntimeException e) {
            failed.increment();
            example = e.getMessage();
            log.debug("the shadow {} failed", model.name(), e);
        }
    }

    private boolean compare(String name, Result expected, Result actual) {
        Comparison comparison = Comparison.of(expected.value(name), actual.value(name), options);
        largest.merge(name, comparison.largest(), Math::max);
        if (!comparison.isMatch()) {
            example = "output '%s': %s, not %s, a difference of %s"
                    .formatted(name, actual.value(name), expected.value(name), comparison.largest());
        }
        return comparison.isMatch();
    }

    /** Runs nothing more; true if what was running is over. */
    boolean stop() {
        executor.shutdownNow();
        try {
            return executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Gives up what waits, and closes the model. Idempotent. */
    @Override
    public void close() {
        stop();
        model.close();
    }

    /** The model and the report. */
    @Override
    public String toString() {
        return model.name() + ": " + report();
    }
}
