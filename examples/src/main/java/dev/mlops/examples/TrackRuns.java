package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.run.RunTracker;
import java.io.PrintStream;
import java.util.List;

/** Runs: parameters, metrics by step, tags; a run that fails; and finding runs by what they did. */
public final class TrackRuns {
    private TrackRuns() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("tracking"), out);
            }
        });
    }

    /** Descends to the least value of (x - 3)², with good steps and with one that is too large. */
    static Outcome run(Project project, PrintStream out) {
        RunTracker runs = project.runs();
        for (double rate : new double[] {0.01, 0.1, 0.95}) {
            Run run = runs.track("descent", active -> {
                active.param("rate", rate);
                active.tag("function", "(x - 3)^2");
                double x = 0;
                for (int step = 0; step < 20; step++) {
                    x -= rate * 2 * (x - 3);
                    active.metric("loss", (x - 3) * (x - 3), step);
                }
            });
            out.println(run + " with rate " + rate);
        }
        Run failed = failing(runs);
        out.println(failed + ": " + failed.failure());

        List<RunData> good = runs.search(RunQuery.builder()
                        .experiment("descent")
                        .status(RunStatus.FINISHED)
                        .filter("metrics.loss < 0.01 AND tags.function LIKE '%x%'")
                        .orderBy("metrics.loss ASC")
                        .build())
                .toList();
        good.forEach(found ->
                out.println("found " + found.run().name() + " " + found.params() + " loss " + found.metric("loss")));
        List<Metric> history = runs.metricHistory(good.get(0).id(), "loss").toList();
        out.println("first and last of " + history.size() + " points: " + history.get(0) + ", "
                + history.get(history.size() - 1));
        return new Outcome(good, history, failed);
    }

    /** A tracked run that throws is kept as failed, and the exception comes through as it is. */
    private static Run failing(RunTracker runs) {
        try {
            return runs.track("descent", active -> {
                active.param("rate", 2);
                throw new ArithmeticException("the loss grows without end");
            });
        } catch (ArithmeticException e) {
            return runs.search(RunQuery.where("status = 'FAILED'"))
                    .first()
                    .orElseThrow()
                    .run();
        }
    }

    /** The runs that came close, how the best got there, and the one that failed. */
    record Outcome(List<RunData> good, List<Metric> history, Run failed) {}
}
