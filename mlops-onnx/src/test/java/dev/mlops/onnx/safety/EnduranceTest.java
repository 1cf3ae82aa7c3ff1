package dev.mlops.onnx.safety;

import static dev.mlops.onnx.testing.TestModels.sequence;
import static dev.mlops.onnx.testing.TestModels.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.batching.BatchingModel;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.model.Value;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Many calls, loads and swaps end with the native memory they began with. A million calls and a thousand loads and swaps
 * are made with {@code -Dmlops.endurance.calls=1000000 -Dmlops.endurance.loads=1000}.
 */
@Timeout(600)
class EnduranceTest {
    private static final int CALLS = Integer.getInteger("mlops.endurance.calls", 60_000);
    private static final int LOADS = Integer.getInteger("mlops.endurance.loads", 400);

    /** A tensor left by each call would be 30 MB by default and 500 MB in full, a model left by each load 24 MB and 60 MB. */
    private static final int MOST_KILOBYTES = 12 << 10;

    private static final List<String> FIXED_HEAP =
            List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1");

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "others do not tell the resident memory")
    void callsLoadsAndSwapsEndWhereTheyBegan() throws Exception {
        String told = ChildJvm.start(Program.class, FIXED_HEAP, "" + CALLS, "" + LOADS)
                .awaitExit(0);

        List<Integer> growths = told.lines()
                .filter(line -> line.startsWith("grew by "))
                .map(line -> Integer.valueOf(line.substring("grew by ".length())))
                .toList();
        assertThat(growths)
                .hasSize(3)
                .as("kB by calls, by loads and swaps, by calls with values of other kinds")
                .allMatch(grown -> grown < MOST_KILOBYTES);
    }

    /** The child. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException {
            int calls = Integer.parseInt(arguments[0]);
            int loads = Integer.parseInt(arguments[1]);
            try (OnnxModel model = load();
                    BoundRun run = model.bind(1, 4);
                    BatchingModel batching = BatchingModel.of(model, BatchOptions.DEFAULT);
                    ModelRouter router = ModelRouter.of(load())) {
                call(model, run, batching, calls / 4);
                swap(router, loads / 4);
                long before = residentKilobytes();
                call(model, run, batching, calls);
                long called = residentKilobytes();
                swap(router, loads);
                System.out.println("grew by " + (called - before));
                System.out.println("grew by " + (residentKilobytes() - called));
            }
            useOtherKinds(calls / 16);
            long before = residentKilobytes();
            useOtherKinds(calls / 4);
            System.out.println("grew by " + (residentKilobytes() - before));
        }

        /** Sequences, maps and optional values, which only foreign functions hand over. */
        private static void useOtherKinds(int times) {
            if (Runtime.version().feature() < 22) {
                return;
            }
            Tensor floats = Tensor.floats(new float[500], 500);
            Value.Sequence sequence = new Value.Sequence(List.of(floats, floats));
            Value.Mapping map = new Value.Mapping(Map.of("a".repeat(500), 1f, "b", 2f));
            Value.Sequence texts = new Value.Sequence(List.of(Tensor.strings(new String[] {"😀".repeat(500), "x"}, 2)));
            try (OnnxModel sequences = load(TestModels.optionalInput(sequence(tensor(ElementType.FLOAT, "n"))));
                    OnnxModel strings = load(TestModels.identity(sequence(tensor(ElementType.STRING, "n"))));
                    OnnxModel maps = load(TestModels.mapInput("a", "b"))) {
                for (int i = 0; i < times; i++) {
                    sequences.run(sequence);
                    sequences.run(new Value.Sequence(List.of()));
                    sequences.run(Map.of());
                    strings.run(texts);
                    maps.run(map);
                }
            }
        }

        private static OnnxModel load() {
            return load(TestModels.relu());
        }

        private static OnnxModel load(byte[] bytes) {
            return OnnxModel.load(
                    "model", bytes, OnnxOptions.builder().intraOpThreads(1).build());
        }

        private static void call(OnnxModel model, BoundRun run, BatchingModel batching, int times) {
            float[] row = new float[4];
            for (int i = 0; i < times; i++) {
                switch (i % 4) {
                    case 0 -> model.run(row);
                    case 1 -> run.run();
                    case 2 -> batching.run(row);
                    default -> model.run(Tensor.floats(new float[4 * (1 + i % 9)], 1 + i % 9, 4));
                }
            }
        }

        private static void swap(ModelRouter router, int times) {
            Map<String, Tensor> inputs = Map.of("x", Tensor.floats(new float[4], 1, 4));
            for (int i = 0; i < times; i++) {
                router.swap(() -> load(), 1);
                router.run(inputs);
            }
        }

        private static long residentKilobytes() throws IOException {
            System.gc();
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
    }
}
