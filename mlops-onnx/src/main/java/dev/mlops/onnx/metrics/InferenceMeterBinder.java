package dev.mlops.onnx.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Shows {@link InferenceMetrics} in a Micrometer registry, for hosts that have {@code micrometer-core}, which this SDK does
 * not bring. Thread-safe.
 *
 * <p>The counters are {@code mlops.inference.requests}, {@code .rows} and {@code .failures} (tag {@code reason}); the timers
 * {@code .queue}, {@code .copy} and {@code .compute}, with {@code .queue.quantile} and so on (tag {@code quantile}) beside
 * them; the gauge {@code .batch.rows} is the mean number of rows of a run.
 *
 * <pre>{@code
 * new InferenceMeterBinder(metrics, Tags.of("model", "digits")).bindTo(registry);
 * }</pre>
 */
public final class InferenceMeterBinder implements MeterBinder {
    private static final String PREFIX = "mlops.inference.";

    private final InferenceMetrics metrics;
    private final Tags tags;

    /**
     * Binds nothing yet.
     *
     * @param metrics what to show; the host must hold it, as registries do not
     * @param tags on every meter, such as the model's name
     */
    public InferenceMeterBinder(InferenceMetrics metrics, Iterable<Tag> tags) {
        this.metrics = metrics;
        this.tags = Tags.of(tags);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        FunctionCounter.builder(PREFIX + "requests", metrics, InferenceMetrics::requests)
                .tags(tags)
                .register(registry);
        FunctionCounter.builder(PREFIX + "rows", metrics, InferenceMetrics::rows)
                .tags(tags)
                .register(registry);
        for (Failure reason : Failure.values()) {
            FunctionCounter.builder(PREFIX + "failures", metrics, held -> held.failures(reason))
                    .tags(tags.and("reason", reason.name()))
                    .register(registry);
        }
        timer(registry, "queue", InferenceMetrics::queueNanos);
        timer(registry, "copy", InferenceMetrics::copyNanos);
        timer(registry, "compute", InferenceMetrics::computeNanos);
        Gauge.builder(PREFIX + "batch.rows", metrics, held -> held.batchRows().mean())
                .tags(tags)
                .register(registry);
    }

    private void timer(MeterRegistry registry, String name, Function<InferenceMetrics, Distribution> times) {
        FunctionTimer.builder(
                        PREFIX + name,
                        metrics,
                        held -> times.apply(held).count(),
                        held -> times.apply(held).total(),
                        TimeUnit.NANOSECONDS)
                .tags(tags)
                .register(registry);
        quantile(registry, name, "0.5", held -> times.apply(held).p50());
        quantile(registry, name, "0.99", held -> times.apply(held).p99());
        quantile(registry, name, "0.999", held -> times.apply(held).p999());
    }

    private void quantile(
            MeterRegistry registry, String name, String quantile, ToLongFunction<InferenceMetrics> nanos) {
        TimeGauge.builder(PREFIX + name + ".quantile", metrics, TimeUnit.NANOSECONDS, nanos::applyAsLong)
                .tags(tags.and("quantile", quantile))
                .register(registry);
    }
}
