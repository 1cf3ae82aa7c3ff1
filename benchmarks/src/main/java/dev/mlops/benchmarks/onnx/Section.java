package dev.mlops.benchmarks.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A benchmark whose methods are compared with one another.
 *
 * @param benchmark the simple name of the class
 * @param unit of its scores
 * @param methods what to run, in turn
 * @param models on which
 * @param params further JMH parameters
 * @param figures which ratios are wanted
 */
record Section(
        String benchmark,
        String unit,
        List<String> methods,
        List<String> models,
        Map<String, String> params,
        List<Figure> figures) {
    private static final String CALLS = "CallOverheadBenchmark";
    private static final String SMALL = "relu4";
    private static final String MLP = "mlp-32-64-10";
    private static final String LARGE_MLP = "mlp-256-1024-16";
    private static final List<String> DIRECT = List.of("reusedDirect", "pinned", "bound");
    private static final int FOREIGN_FUNCTIONS = 22;

    /** All sections by their names on the command line. */
    static final Map<String, Section> ALL =
            Map.of("calls", calls(), "lone", lone(), "batching", batching(), "load", load());

    private static Section calls() {
        return new Section(
                CALLS,
                "ns/op",
                List.of("documentationStyle", "djl", "heapBuffer", "reusedDirect", "pinned", "plain", "bound", "floor"),
                List.of(SMALL, "relu4096", MLP, LARGE_MLP, "inputs8", "strings", "tribuo-linear", "convnet", "encoder"),
                Map.of(),
                List.of(
                        Figure.atMost(1.1, "bound", "floor"),
                        Figure.atMost(0.75, "bound", "pinned", SMALL, MLP),
                        Figure.atLeast(6, "documentationStyle", "bound", SMALL),
                        Figure.atLeast(6, "djl", "bound", SMALL),
                        Figure.atLeast(3.5, "documentationStyle", "bound", MLP),
                        Figure.atLeast(3.5, "djl", "bound", MLP),
                        Figure.atMost(1.5, "plain", "pinned")));
    }

    private static Section lone() {
        return new Section(
                "LoneCallerBenchmark",
                "ns, p50",
                List.of("bound", "batched"),
                List.of(MLP, LARGE_MLP),
                Map.of(),
                List.of(Figure.atMost(1.2, "batched", "bound")));
    }

    private static Section batching() {
        return new Section(
                "BatchingBenchmark",
                "rows/s, 64 clients",
                List.of("documentationStyle", "pinned", "batched"),
                List.of(MLP, LARGE_MLP),
                Map.of("clients", "64"),
                List.of(
                        Figure.atLeast(10, "batched", "documentationStyle", MLP),
                        Figure.atLeast(5, "batched", "pinned", MLP),
                        Figure.atLeast(1.3, "batched", "pinned", LARGE_MLP)));
    }

    private static Section load() {
        return new Section(
                "LoadBenchmark",
                "ms/op",
                List.of("plain", "cached", "background", "mapped"),
                List.of("large"),
                Map.of(),
                List.of(
                        Figure.atLeast(5, "plain", "cached"),
                        Figure.atLeast(5, "plain", "background"),
                        Figure.atLeast(5, "plain", "mapped")));
    }

    /** Why a method cannot run a model on this Java; null if it can. */
    @Nullable
    String obstacle(String method, String model) {
        if (method.equals("floor") && Runtime.version().feature() < FOREIGN_FUNCTIONS) {
            return "needs Java 22";
        }
        return model.equals("strings") && DIRECT.contains(method) ? "texts lie in no buffer" : null;
    }

    /** The methods that can run a model on this Java. */
    List<String> methods(String model) {
        return methods.stream()
                .filter(method -> obstacle(method, model) == null)
                .toList();
    }

    /** Whether its operations are single calls, of which it matters what they allocate. */
    boolean isOfCalls() {
        return benchmark.equals(CALLS);
    }

    /** The most bytes that a bound run may make on this Java. */
    static int boundBytes() {
        return Runtime.version().feature() >= FOREIGN_FUNCTIONS ? 0 : 352;
    }
}
