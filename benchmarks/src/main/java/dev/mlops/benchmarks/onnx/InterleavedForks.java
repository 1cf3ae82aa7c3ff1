package dev.mlops.benchmarks.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the methods of a benchmark by JMH in rounds: one fork of each in turn, so that what the machine does meanwhile
 * falls on all of them.
 *
 * @param rounds how many
 * @param iterations of each fork, half as many warm it up before
 * @param iterationTime how long each takes
 */
record InterleavedForks(int rounds, int iterations, TimeValue iterationTime) {
    private static final Score FAILED = new Score(Double.NaN, Double.NaN);
    private static final String BYTES = "gc.alloc.rate.norm";

    /** Runs all methods that can run the model. */
    Comparison run(Section section, String model) {
        Map<String, List<Score>> scores = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String method : section.methods(model)) {
                scores.computeIfAbsent(method, unseen -> new ArrayList<>()).add(fork(section, model, method));
            }
        }
        return new Comparison(scores);
    }

    /** Says on the error stream how far it is, and why a fork fails. */
    private Score fork(Section section, String model, String method) {
        String what = "%s.%s %s".formatted(section.benchmark(), method, model);
        try {
            Score score = measure(section, model, method);
            System.err.printf("%s: %.1f%n", what, score.value());
            return score;
        } catch (RunnerException e) {
            System.err.printf("%s failed%n", what);
            e.printStackTrace();
            return FAILED;
        }
    }

    private Score measure(Section section, String model, String method) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + section.benchmark() + "\\." + method + "$")
                .param("model", model)
                .forks(1)
                .warmupIterations((iterations + 1) / 2)
                .warmupTime(iterationTime)
                .measurementIterations(iterations)
                .measurementTime(iterationTime)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        section.params().forEach(options::param);
        // What a fork prints itself is no part of the table.
        OutputFormat silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
        return score(new Runner(options.build(), silent).runSingle());
    }

    private static Score score(RunResult result) {
        Result<?> primary = result.getPrimaryResult();
        Result<?> bytes = result.getSecondaryResults().get(BYTES);
        double value = result.getParams().getMode() == Mode.SampleTime
                ? primary.getStatistics().getPercentile(50)
                : primary.getScore();
        return new Score(value, bytes == null ? Double.NaN : bytes.getScore());
    }
}
