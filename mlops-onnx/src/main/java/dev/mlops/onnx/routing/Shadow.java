package dev.mlops.onnx.routing;

import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.Value;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final OnnxModel model;
    private final ShadowOptions options;
    private final ThreadPoolExecutor executor;
    /** True once nothing is run any more. */
    private final AtomicBoolean isLetGo = new AtomicBoolean();

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
                1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(options.maxPending()), this::thread, this::skip);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "mlops-onnx-shadow-" + model.name());
        thread.setDaemon(true);
        return thread;
    }

    private void skip(Runnable task, ThreadPoolExecutor full) {
        if (!isLetGo.get()) {
            skipped.increment();
        }
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
    void offer(Map<String, ? extends Value> inputs, Result expected) {
        if (isLetGo.get() || (options.percent() < Percent.WHOLE && Percent.draw() >= options.percent())) {
            return;
        }
        // The caller may change its map when it has its result.
        Map<String, ? extends Value> kept = Map.copyOf(inputs);
        executor.execute(() -> compare(kept, expected));
    }

    private void compare(Map<String, ? extends Value> inputs, Result expected) {
        try {
            Result actual = model.run(inputs, expected.names());
            boolean isMatch = true;
            for (String name : expected.names()) {
                isMatch &= compare(name, expected, actual);
            }
            (isMatch ? matching : differing).increment();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    private void fail(Throwable thrown) {
        // What runs when the model is closed may be ended, which says nothing of it.
        if (!isLetGo.get()) {
            failed.increment();
            example = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
            log.debug("the shadow {} failed", model.name(), thrown);
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

    /** Runs nothing more, and leaves the model to the caller; false if it was closed or let go before. */
    boolean letGo() {
        boolean isFirst = isLetGo.compareAndSet(false, true);
        executor.shutdownNow();
        return isFirst;
    }

    /** Gives up what waits, and closes the model unless it was promoted. Idempotent. */
    @Override
    public void close() {
        if (letGo()) {
            model.close();
        }
    }

    /** The model and the report. */
    @Override
    public String toString() {
        return model.name() + ": " + report();
    }
}
