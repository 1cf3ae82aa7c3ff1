package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.routing.ModelRouter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Replaces a model again and again while clients call it without a pause, and counts what did not come back right. Prints
 * a table in Markdown with the resident set of the process after a warm-up of a hundredth, at the middle and at the end.
 *
 * <p>Options: {@code --model} (mlp-32-64-10), {@code --swaps} (10000), {@code --clients} (2).
 */
public final class SwapSoak {
    static final Map<String, String> DEFAULTS = Map.of("model", "mlp-32-64-10", "swaps", "10000", "clients", "2");

    /** A request that takes longer than this is lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BenchmarkModel model;
    private final Rows rows;
    private final ModelRouter router;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong right = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Table table =
            new Table("swaps", "requests", "answered rightly", "failed or wrong", "lost", "resident KiB");
    private volatile boolean isOver;

    private SwapSoak(BenchmarkModel model, Rows rows, ModelRouter router) {
        this.model = model;
        this.rows = rows;
        this.router = router;
    }

    /** Measures; ends with 1 if a request failed or was lost. */
    public static void main(String[] arguments) throws OrtException, InterruptedException {
        if (run(Arguments.of(DEFAULTS, arguments), System.out) > 0) {
            System.exit(1);
        }
    }

    /** Gives how many requests failed or were lost. */
    static long run(Arguments arguments, PrintStream out) throws OrtException, InterruptedException {
        BenchmarkModel model = BenchmarkModel.named(arguments.text("model"));
        try (OrtSession session = Peer.session(model);
                ModelRouter router = ModelRouter.of(Plain.load(model))) {
            SwapSoak soak = new SwapSoak(model, new Rows(model, session), router);
            soak.soak(arguments.count("swaps"), arguments.count("clients"));
            out.printf("%s%n%nModel %s%n%n%s", Machine.describe(), arguments.text("model"), soak.table);
            return soak.sent.get() - soak.right.get();
        }
    }

    private void soak(int swaps, int clients) throws InterruptedException {
        Thread[] threads = IntStream.range(0, clients)
                .mapToObj(i -> new Thread(this::call))
                .toArray(Thread[]::new);
        for (Thread thread : threads) {
            thread.setDaemon(true);
            thread.start();
        }
        try {
            swap(Math.max(1, swaps / 100));
            report("warm-up");
            swap(swaps / 2);
            report(Integer.toString(swaps / 2));
            swap(swaps - swaps / 2);
        } finally {
            isOver = true;
            for (Thread thread : threads) {
                thread.join(PATIENCE.toMillis());
            }
        }
        report(Integer.toString(swaps));
    }

    private void swap(int times) {
        for (int i = 0; i < times; i++) {
            router.swap(() -> Plain.load(model), 1);
        }
    }

    private void call() {
        for (int i = 0; !isOver; i++) {
            sent.incrementAndGet();
            try {
                NamedArray row = rows.at(i)[0];
                rows.check(
                        i, router.run(Map.of(row.name(), row.tensor())).tensor().floats());
                right.incrementAndGet();
            } catch (RuntimeException e) {
                failed.incrementAndGet();
            }
        }
    }

    /** Requests that are on their way now are not counted as lost. */
    private void report(String swaps) {
        long wrong = failed.get();
        long answered = right.get();
        long lost = isOver ? sent.get() - answered - wrong : 0;
        table.row(swaps, answered + wrong + lost, answered, wrong, lost, Machine.residentKib());
    }
}
