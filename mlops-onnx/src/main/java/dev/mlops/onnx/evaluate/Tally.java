package dev.mlops.onnx.evaluate;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.progress.Progress;
import dev.mlops.onnx.evaluate.Damages.Damage;
import dev.mlops.onnx.model.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What all threads of an evaluation count together. Thread-safe. */
final class Tally<T> {
    private static final int DIGITS = 2;
    private static final long BETWEEN_PROGRESS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Judge<T> judge;
    private final EvaluationOptions options;
    private final Histogram latencies = new Histogram(DIGITS);
    private final List<Damage> damages = new ArrayList<>();
    private final long start = System.nanoTime();
    private long toldAt = start;
    private long examples;
    private long damaged;
    private Duration elapsed = Duration.ZERO;

    Tally(Judge<T> judge, EvaluationOptions options) {
        this.judge = judge;
        this.options = options;
    }

    /** Counts a run. */
    void add(List<T> targets, Tensor output, long nanos) {
        Runnable verdict = judge.judge(targets, output);
        synchronized (this) {
            verdict.run();
            latencies.recordValue(Math.max(nanos, 0));
            examples += targets.size();
        }
    }

    /** Counts an example that is left out; throws if there are too many. */
    synchronized void addDamage(String name, RuntimeException cause) {
        damaged++;
        String reason = String.valueOf(cause.getMessage());
        if (damages.size() < Damages.DESCRIBED) {
            damages.add(new Damage(name, reason));
        }
        if (damaged > options.maxDamaged()) {
            String text = "is damaged, number " + damaged + " with maxDamaged " + options.maxDamaged() + ": " + reason;
            throw cause instanceof IntegrityException
                    ? new IntegrityException("example '" + name + "' " + text, cause)
                    : new InvalidInputException("example", name, text, cause);
        }
    }

    /** Tells of the progress if it is time to. */
    synchronized void tell() {
        long now = System.nanoTime();
        if (now - toldAt >= BETWEEN_PROGRESS) {
            toldAt = now;
            tell(now);
        }
    }

    private void tell(long now) {
        elapsed = Duration.ofNanos(now - start);
        options.progress().onProgress(new Progress(examples + damaged, options.total(), 0, 0, 0, elapsed));
    }

    /** Is told when everything is done. */
    synchronized void end() {
        if (examples == 0) {
            throw new InvalidInputException("examples", damaged + " damaged", "must be one that is whole at least");
        }
        tell(System.nanoTime());
    }

    synchronized Damages damages() {
        return new Damages(damaged, damages);
    }

    synchronized Speed speed() {
        return new Speed(
                elapsed,
                examples * 1e9 / Math.max(1, elapsed.toNanos()),
                latencies.getTotalCount(),
                Duration.ofNanos(latencies.getValueAtPercentile(50)),
                Duration.ofNanos(latencies.getValueAtPercentile(90)),
                Duration.ofNanos(latencies.getValueAtPercentile(99)),
                Duration.ofNanos(latencies.getMaxValue()));
    }
}
