package dev.mlops.examples;

import dev.mlops.api.error.CancelledException;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.RunLimits;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Inference where every microsecond counts: a bound run, which works in memory of its own and makes no garbage, and
 * batching, which runs the rows of many callers together.
 */
public final class FastOnnx {
    private static final int CALLS = 10_000;

    private FastOnnx() {}

    /** Runs it. */
    public static void main(String[] args) {
        Programs.run(FastOnnx::run);
    }

    static Outcome run(PrintStream out) {
        OnnxOptions oneThread = OnnxOptions.builder().intraOpThreads(1).build();
        try (OnnxModel model = OnnxModel.load("tiny", TinyModel.rowsOnly(0.5f), oneThread)) {
            double bound = bound(model, out);
            double batched = batched(model, out);
            return new Outcome(bound, batched);
        }
    }

    /** For one thread: the row is written where ONNX Runtime reads it, and read where it was written. */
    private static double bound(OnnxModel model, PrintStream out) {
        double sum = 0;
        try (BoundRun run = model.bind(1, 3)) {
            out.println(run);
            FloatBuffer x = run.input("x").floats();
            FloatBuffer y = run.output("y").floats();
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                x.put(0, i).put(1, 1).put(2, 2);
                run.run();
                sum += y.get(0);
            }
            out.printf("bound: %,d ns a call, the JVM still cold%n", (System.nanoTime() - start) / CALLS);

            run.run(RunLimits.within(Duration.ofSeconds(1)));
        } catch (CancelledException e) {
            out.println("not in time: " + e.getMessage());
        }
        return sum;
    }

    /** For many: each sends its row, and what comes in while a batch is running is the next batch. */
    private static double batched(OnnxModel model, PrintStream out) {
        double sum = 0;
        try (BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT)) {
            List<CompletableFuture<float[]>> answers = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                answers.add(batching.submit(new float[] {i, 1, 2}));
            }
            for (CompletableFuture<float[]> answer : answers) {
                sum += answer.join()[0];
            }
            out.printf("batched: %,d ns a call, the JVM still cold%n", (System.nanoTime() - start) / CALLS);
        }
        return sum;
    }

    /** The sums of what was given first for each row. */
    record Outcome(double bound, double batched) {}
}
