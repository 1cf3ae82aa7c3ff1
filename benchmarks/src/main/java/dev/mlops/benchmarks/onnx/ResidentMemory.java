package dev.mlops.benchmarks.onnx;

import ai.onnxruntime.OrtSession;
import dev.mlops.onnx.routing.ModelRouter;
import java.io.PrintStream;
import java.util.Map;

/**
 * How the resident set of the process grows by calls, loads and swaps of a model, after a warm-up of a hundredth of each.
 * Prints a table in Markdown. Give a heap of fixed size that is touched at the start ({@code -Xms256m -Xmx256m
 * -XX:+AlwaysPreTouch}), so that what grows is native memory.
 *
 * <p>Options: {@code --model} (mlp-32-64-10), {@code --calls} (1000000), {@code --loads} (1000), {@code --swaps} (1000).
 */
public final class ResidentMemory {
    static final Map<String, String> DEFAULTS =
            Map.of("model", "mlp-32-64-10", "calls", "1000000", "loads", "1000", "swaps", "1000");
    private static final int WARM_UP_SHARE = 100;

    private final BenchmarkModel model;
    private final Rows rows;
    private final Table table = new Table("after", "times", "resident KiB", "growth KiB");
    private long before;

    private ResidentMemory(BenchmarkModel model, Rows rows) {
        this.model = model;
        this.rows = rows;
    }

    private interface Step {
        void run(int times) throws Exception;
    }

    /** Measures. */
    public static void main(String[] arguments) throws Exception {
        run(Arguments.of(DEFAULTS, arguments), System.out);
    }

    static void run(Arguments arguments, PrintStream out) throws Exception {
        BenchmarkModel model = BenchmarkModel.named(arguments.text("model"));
        try (OrtSession session = Peer.session(model);
                Peer bound = new Bound(model);
                Peer plain = new Plain(model);
                RowServer batched = RowServer.batched(model);
                ModelRouter router = ModelRouter.of(Plain.load(model))) {
            ResidentMemory memory = new ResidentMemory(model, new Rows(model, session));
            for (int share : new int[] {WARM_UP_SHARE, 1}) {
                int calls = Math.max(1, arguments.count("calls") / share);
                int loads = Math.max(1, arguments.count("loads") / share);
                int swaps = Math.max(1, arguments.count("swaps") / share);
                String kind = share == 1 ? "" : "warm-up, ";
                memory.measure(kind + "bound runs", calls, times -> memory.call(bound, times));
                memory.measure(kind + "plain calls", calls, times -> memory.call(plain, times));
                memory.measure(kind + "batched rows", calls, times -> memory.send(batched, times));
                memory.measure(kind + "loads", loads, memory::load);
                memory.measure(kind + "swaps", swaps, times -> memory.swap(router, times));
            }
            out.printf("%s%n%nModel %s%n%n%s", Machine.describe(), arguments.text("model"), memory.table);
        }
    }

    private void measure(String what, int times, Step step) throws Exception {
        step.run(times);
        long resident = Machine.residentKib();
        table.row(what, times, resident, before == 0 ? "" : resident - before);
        before = resident;
    }

    private void call(Peer peer, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            peer.run(rows.at(i));
        }
    }

    /** Sends so many rows, some of them on the way at any time. */
    private void send(RowServer server, int times) throws InterruptedException {
        ClosedLoop.of(times, server, rows).run();
    }

    private void load(int times) {
        for (int i = 0; i < times; i++) {
            Plain.load(model).close();
        }
    }

    private void swap(ModelRouter router, int times) {
        for (int i = 0; i < times; i++) {
            router.swap(() -> Plain.load(model), 1);
        }
    }
}
