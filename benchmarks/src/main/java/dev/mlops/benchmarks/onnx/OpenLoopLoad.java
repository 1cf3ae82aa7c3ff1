package dev.mlops.benchmarks.onnx;

import static dev.mlops.benchmarks.onnx.Percentiles.micros;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.mlops.benchmarks.onnx.OpenLoop.Outcome;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long rows take that come at a fixed rate, at 0.5, 1 and 2 times the rate that saturates documentation style on a
 * pool of threads, which is what it gives when there is always a next row. Prints a table in Markdown. The sender has a
 * thread of its own, which takes most of a processor at high rates.
 *
 * <p>Options: {@code --model} (mlp-32-64-10), {@code --seconds} of each measurement (10), {@code --rounds} (3), in each of
 * which every way is measured at every rate.
 */
public final class OpenLoopLoad {
    static final Map<String, String> DEFAULTS = Map.of("model", "mlp-32-64-10", "seconds", "10", "rounds", "3");
    private static final double MOST = 2;
    private static final double[] LOADS = {0.5, 1, MOST};
    private static final String OURS = "batched";
    private static final Duration WANTED = Duration.ofMillis(1);

    private final double seconds;
    private final int rounds;
    private final Rows rows;
    private final Map<String, RowServer> servers;
    private final List<Duration> oursAtMost = new ArrayList<>();
    private final Table table = new Table(
            "round",
            "load",
            "wanted/s",
            "sent/s",
            "way",
            "answered",
            "refused",
            "failed",
            "lost",
            "p50 µs",
            "p99 µs",
            "p99.9 µs",
            "max µs");

    private OpenLoopLoad(Arguments arguments, Rows rows, Map<String, RowServer> servers) {
        this.seconds = arguments.number("seconds");
        this.rounds = arguments.count("rounds");
        this.rows = rows;
        this.servers = servers;
    }

    /** Measures. */
    public static void main(String[] arguments) throws OrtException, InterruptedException {
        run(Arguments.of(DEFAULTS, arguments), System.out);
    }

    static void run(Arguments arguments, PrintStream out) throws OrtException, InterruptedException {
        BenchmarkModel model = BenchmarkModel.named(arguments.text("model"));
        try (OrtSession session = Peer.session(model);
                RowServer documentationStyle = RowServer.pooled("documentationStyle", model, session);
                RowServer pinned = RowServer.pooled("pinned", model, session);
                RowServer batched = RowServer.batched(model)) {
            Map<String, RowServer> servers = new LinkedHashMap<>();
            servers.put("documentationStyle", documentationStyle);
            servers.put("pinned", pinned);
            servers.put(OURS, batched);
            OpenLoopLoad load = new OpenLoopLoad(arguments, new Rows(model, session), servers);
            double saturation = load.saturation();
            load.measure(saturation);
            out.printf(
                    "%s%n%nModel %s; documentation style is saturated at %.0f rows/s%n%n%s%n%s%n",
                    Machine.describe(), arguments.text("model"), saturation, load.table, load.verdict());
        }
    }

    /** Warms all servers up and checks what they give, and measures the first. */
    private double saturation() throws InterruptedException {
        for (RowServer server : servers.values()) {
            ClosedLoop.lasting(seconds / 2, server, rows).run();
        }
        return ClosedLoop.lasting(seconds, servers.values().iterator().next(), rows)
                .run();
    }

    private void measure(double saturation) {
        for (int round = 1; round <= rounds; round++) {
            for (double load : LOADS) {
                for (Map.Entry<String, RowServer> server : servers.entrySet()) {
                    double rate = load * saturation;
                    Outcome outcome = new OpenLoop(rate, seconds).run(server.getValue(), rows);
                    add(round, load, rate, server.getKey(), outcome);
                }
            }
        }
    }

    private String verdict() {
        Duration median =
                new Percentiles(oursAtMost.stream().mapToLong(Duration::toNanos).toArray()).at(50);
        return "batched at load %s: p99 %s µs, the median of the rounds; wanted: under %s; %s"
                .formatted(
                        MOST, micros(median), micros(WANTED), median.compareTo(WANTED) < 0 ? "reached" : "**missed**");
    }

    private void add(int round, double load, double rate, String way, Outcome outcome) {
        Percentiles times = outcome.times();
        if (way.equals(OURS) && load == MOST) {
            oursAtMost.add(times.at(99));
        }
        table.row(
                round,
                load,
                Math.round(rate),
                Math.round(outcome.sendRate()),
                way,
                times.count(),
                outcome.refused(),
                outcome.failed(),
                outcome.lost(),
                micros(times.at(50)),
                micros(times.at(99)),
                micros(times.at(99.9)),
                micros(times.max()));
    }
}
