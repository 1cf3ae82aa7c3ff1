package dev.mlops.benchmarks.onnx;

import static dev.mlops.benchmarks.onnx.Percentiles.millis;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.RunLimits;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

/**
 * How long a run goes on after its deadline, and after somebody cancelled it, at a random time between a tenth and nine
 * tenths of the run. Prints a table in Markdown.
 *
 * <p>Options: {@code --millis} that a run takes at least (50), {@code --count} of runs to end (200).
 */
public final class CancelTimes {
    static final Map<String, String> DEFAULTS = Map.of("millis", "50", "count", "200");
    private static final long WANTED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int WANTED_SHARE = 20;
    private static final int WARM_UPS = 5;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final Random random = new Random(42);
    private final BoundRun run;
    private final long runNanos;

    private CancelTimes(BoundRun run) {
        this.run = run;
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            run.run();
            shortest = Math.min(shortest, System.nanoTime() - start);
        }
        this.runNanos = shortest;
    }

    /** Measures. */
    public static void main(String[] arguments) {
        run(Arguments.of(DEFAULTS, arguments), System.out);
    }

    static void run(Arguments arguments, PrintStream out) {
        BenchmarkModel chosen = BenchmarkModel.named("slow");
        long least = TimeUnit.MILLISECONDS.toNanos(arguments.count("millis"));
        try (OnnxModel model = Plain.load(chosen)) {
            for (int rows = 1; true; rows *= 2) {
                try (BoundRun run = model.bind(rows, chosen.inputs())) {
                    CancelTimes times = new CancelTimes(run);
                    if (times.runNanos >= least) {
                        out.printf("%s%n%n%s", Machine.describe(), times.table(arguments.count("count")));
                        return;
                    }
                }
            }
        }
    }

    private Table table(int count) {
        Table table = new Table("ended by", "run ms", "ended", "p50 ms", "p99 ms", "max ms", "wanted ms", "p99");
        try {
            times(WARM_UPS, this::afterDeadline);
            times(WARM_UPS, this::afterCancellation);
            add(table, "deadline", times(count, this::afterDeadline));
            add(table, "Cancellation", times(count, this::afterCancellation));
        } finally {
            timer.shutdown();
        }
        return table;
    }

    private void add(Table table, String how, Percentiles times) {
        Duration wanted = Duration.ofNanos(Math.max(WANTED_NANOS, runNanos / WANTED_SHARE));
        table.row(
                how,
                millis(Duration.ofNanos(runNanos)),
                times.count(),
                millis(times.at(50)),
                millis(times.at(99)),
                millis(times.max()),
                millis(wanted),
                times.at(99).compareTo(wanted) <= 0 ? "reached" : "**missed**");
    }

    /** Ends runs after random times; one that was done before gives no time. */
    private Percentiles times(int count, ToLongFunction<Duration> ending) {
        return new Percentiles(random.doubles(count, 0.1, 0.9)
                .mapToLong(part -> ending.applyAsLong(Duration.ofNanos((long) (part * runNanos))))
                .filter(nanos -> nanos >= 0)
                .toArray());
    }

    private long afterDeadline(Duration time) {
        long due = System.nanoTime() + time.toNanos();
        return runUntil(RunLimits.within(time)) ? System.nanoTime() - due : -1;
    }

    private long afterCancellation(Duration time) {
        Cancellation cancellation = new Cancellation();
        AtomicLong cancelled = new AtomicLong();
        Future<?> cancelling = timer.schedule(
                () -> {
                    cancelled.set(System.nanoTime());
                    cancellation.cancel();
                },
                time.toNanos(),
                TimeUnit.NANOSECONDS);
        boolean isEnded = runUntil(RunLimits.until(cancellation));
        long end = System.nanoTime();
        cancelling.cancel(false);
        return isEnded ? end - cancelled.get() : -1;
    }

    private boolean runUntil(RunLimits limits) {
        try {
            run.run(limits);
            return false;
        } catch (CancelledException e) {
            return true;
        }
    }
}
