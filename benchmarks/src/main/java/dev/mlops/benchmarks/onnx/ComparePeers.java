package dev.mlops.benchmarks.onnx;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Compares the ways to call ONNX Runtime from Java, and ours with the figures that are wanted: runs the benchmarks in
 * interleaved forks, and prints medians, the medians of the paired ratios, and what is reached, in Markdown.
 *
 * <p>Options: {@code --sections} of calls, lone, batching and load (all), {@code --models} (all of each section), {@code
 * --rounds} (5), {@code --iterations} of a second in each fork (4), {@code --quick}, one round of moments whose figures
 * mean nothing.
 */
public final class ComparePeers {
    static final Map<String, String> DEFAULTS = Map.of(
            "sections", "calls,lone,batching,load", "models", "", "rounds", "5", "iterations", "4", "quick", "false");
    private static final TimeValue MOMENT = TimeValue.milliseconds(100);

    private final Arguments arguments;
    private final PrintStream out;
    private final InterleavedForks forks;
    private final Table figures = new Table("model", "figure", "wanted", "measured", "");

    private ComparePeers(Arguments arguments, PrintStream out) {
        this.arguments = arguments;
        this.out = out;
        this.forks = arguments.has("quick")
                ? new InterleavedForks(1, 1, MOMENT)
                : new InterleavedForks(arguments.count("rounds"), arguments.count("iterations"), TimeValue.seconds(1));
    }

    /** Compares. */
    public static void main(String[] arguments) {
        run(Arguments.of(DEFAULTS, arguments), System.out);
    }

    static void run(Arguments arguments, PrintStream out) {
        new ComparePeers(arguments, out).run();
    }

    private void run() {
        out.printf(
                "%s; %d rounds of forks with %d iterations of %s%n",
                Machine.describe(), forks.rounds(), forks.iterations(), forks.iterationTime());
        try (Bound bound = new Bound(BenchmarkModel.named("relu4"))) {
            out.printf("Ours: %s%n", bound);
        }
        for (String name : arguments.texts("sections")) {
            Section section = Section.ALL.get(name);
            if (section == null) {
                throw new IllegalArgumentException("--sections " + name + " must be of " + Section.ALL.keySet());
            }
            compare(section);
        }
        out.printf("%n%s", figures);
    }

    private List<String> models(Section section) {
        List<String> wanted = arguments.texts("models");
        return section.models().stream()
                .filter(model -> wanted.equals(List.of("")) || wanted.contains(model))
                .toList();
    }

    private void compare(Section section) {
        Table scores = new Table(section.benchmark(), "model", section.unit(), "B/op");
        for (String model : models(section)) {
            Comparison comparison = forks.run(section, model);
            section.methods().forEach(method -> scores.row(row(section, comparison, method, model)));
            addFigures(section, model, comparison);
        }
        out.printf("%n%s", scores);
    }

    private static Object[] row(Section section, Comparison comparison, String method, String model) {
        String obstacle = section.obstacle(method, model);
        if (obstacle != null) {
            return new Object[] {method, model, obstacle, ""};
        }
        String bytes = section.isOfCalls() ? number("%,.0f", comparison.bytes(method)) : "";
        return new Object[] {method, model, number("%,.1f", comparison.value(method)), bytes};
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "failed" : format.formatted(value);
    }

    private void addFigures(Section section, String model, Comparison comparison) {
        for (Figure figure : section.figures()) {
            boolean canTell = comparison.has(figure.numerator()) && comparison.has(figure.denominator());
            if (figure.isFor(model) && canTell) {
                double ratio = comparison.ratio(figure);
                figures.row(
                        model,
                        figure.numerator() + " / " + figure.denominator(),
                        figure,
                        number("%.2f", ratio),
                        verdict(figure.isReachedBy(ratio)));
            }
        }
        if (section.isOfCalls() && comparison.has("bound")) {
            double bytes = comparison.bytes("bound");
            figures.row(
                    model,
                    "bound, B/op",
                    "at most " + Section.boundBytes(),
                    number("%.0f", bytes),
                    verdict(bytes <= Section.boundBytes()));
        }
    }

    private static String verdict(boolean isReached) {
        return isReached ? "reached" : "**missed**";
    }
}
