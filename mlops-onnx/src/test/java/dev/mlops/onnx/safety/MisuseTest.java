package dev.mlops.onnx.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller can do wrong, done in a JVM that must survive it: each is refused, and the next right run is right. */
@Timeout(120)
class MisuseTest {
    private static final String[] TEXTS = {"😀", "a😀b", "größe", "日本", "👩\u200D🚀"};

    @ParameterizedTest
    @ValueSource(strings = {"foreign functions", "binding"})
    void everyMisuseIsRefused(String way) throws Exception {
        String told = ChildJvm.start(Program.class, List.of(), way).awaitExit(0);

        assertThat(told)
                .contains(
                        "inputs: survived",
                        "bytes in another order: survived",
                        "booleans: survived",
                        "texts: survived",
                        "aliases: survived",
                        "use after close: survived",
                        "another library's environment: survived");
    }

    private static OnnxModel load(byte[] bytes, boolean foreign) {
        return OnnxModel.load(
                "test.onnx",
                bytes,
                OnnxOptions.builder()
                        .intraOpThreads(1)
                        .foreignFunctions(foreign)
                        .build());
    }

    /** The child. */
    static final class Program {
        private final boolean foreign;

        private Program(boolean foreign) {
            this.foreign = foreign;
        }

        public static void main(String[] arguments) throws Exception {
            Program program = new Program(arguments[0].equals("foreign functions"));
            program.survives("inputs", program::inputs);
            program.survives("bytes in another order", program::otherOrder);
            program.survives("booleans", program::booleans);
            program.survives("texts", program::texts);
            program.survives("aliases", program::aliases);
            program.survives("use after close", program::useAfterClose);
            program.survives("another library's environment", program::otherEnvironment);
        }

        @SuppressWarnings("SystemOut")
        private void survives(String name, Misuse misuse) throws Exception {
            misuse.commit();
            try (OnnxModel model = load(TestModels.relu(), foreign)) {
                assertThat(model.run(new float[] {-1, 2, -3, 4}).floats("y")).containsExactly(0, 2, 0, 4);
            }
            System.out.println(name + ": survived");
        }

        private void inputs() {
            try (OnnxModel model = load(TestModels.twoInputs(), foreign)) {
                Tensor fits = Tensor.floats(new float[4], 2, 2);
                Map<String, Tensor> withNull = new HashMap<>(Map.of("a", fits));
                withNull.put("b", null);
                for (Map<String, Tensor> wrong : List.of(
                        Map.<String, Tensor>of(),
                        Map.of("a", fits),
                        withNull,
                        Map.of("a", fits, "c", fits),
                        Map.of("a", fits, "b", fits, "c", fits),
                        Map.of("a", fits, "b\0", fits),
                        Map.of("a", fits, "b", Tensor.doubles(new double[4], 2, 2)),
                        Map.of("a", fits, "b", Tensor.strings(new String[] {"", "", "", ""}, 2, 2)),
                        Map.of("a", fits, "b", Tensor.floats(new float[4], 4)),
                        Map.of("a", fits, "b", Tensor.floats(new float[4], 2, 2, 1)),
                        Map.of("a", fits, "b", Tensor.floats(new float[1])),
                        Map.of("a", fits, "b", Tensor.floats(new float[6], 3, 2)),
                        Map.of("a", fits, "b", Tensor.floats(new float[0], 0, 2)))) {
                    refused(() -> model.run(wrong));
                }
                refused(() -> model.run(Map.of("a", fits, "b", fits), List.of("nothing")));
                refused(() -> model.bind(Map.of("a", new long[] {2, 2}, "b", new long[] {2, -2})));
                refused(() -> model.bind(Map.of("a", new long[] {1L << 40, 2}, "b", new long[] {1L << 40, 2})));
                refused(() -> Tensor.floats(new float[4], 1L << 32, 1L << 32));
            }
        }

        /** Nobody's buffer is taken; one may only write to memory of ours, of which every byte is some float. */
        private void otherOrder() {
            try (OnnxModel model = load(TestModels.relu(), foreign);
                    BoundRun run = model.bind(1, 4)) {
                ByteBuffer view = run.input("x").bytes().order(ByteOrder.BIG_ENDIAN);
                view.asFloatBuffer().put(0, 5).limit(1);
                view.position(9).limit(10);
                run.run();
                float swapped = Float.intBitsToFloat(Integer.reverseBytes(Float.floatToIntBits(5)));
                float given = run.output("y").floats().get(0);
                assertThat(given).isEqualTo(ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? 5 : swapped);
                run.input("x").set(Tensor.floats(new float[] {5, 6, 7, 8}, 1, 4));
                run.run();
                assertThat(run.output("y").toTensor().floats()).containsExactly(5, 6, 7, 8);
            }
        }

        private void booleans() {
            try (OnnxModel model = load(TestModels.identity(ElementType.BOOL, "n"), foreign);
                    BoundRun run = model.bind(3)) {
                for (int value : new int[] {2, -1, 128, 255}) {
                    run.input("x").bytes().put(1, (byte) value);
                    refused(run::run);
                }
                run.input("x").bytes().put(1, (byte) 1);
                run.run();
                assertThat(run.output("y").toTensor().booleans()).containsExactly(false, true, false);
            }
        }

        private void texts() {
            try (OnnxModel model = load(TestModels.identity(ElementType.STRING, "n"), foreign)) {
                for (String text : TEXTS) {
                    Tensor tensor = Tensor.strings(new String[] {"x", text}, 2);
                    if (text.codePoints().anyMatch(Character::isSupplementaryCodePoint) && !isForeign()) {
                        refused(() -> model.run(tensor));
                    } else {
                        assertThat(model.run(tensor).tensor()).isEqualTo(tensor);
                    }
                }
                refused(() -> model.run(Tensor.strings(new String[] {"a\0b"}, 1)));
                refused(() -> model.run(Tensor.strings(new String[] {"\uD83D"}, 1)));
            }
        }

        private boolean isForeign() {
            return foreign && Runtime.version().feature() >= 22;
        }

        /** Runs over the same memory, one after the other and after one of them is closed. */
        private void aliases() {
            try (OnnxModel model = load(TestModels.relu(), foreign)) {
                BoundRun whole = model.bind(3, 4);
                try (BoundRun part = whole.withRows(2)) {
                    whole.input("x").floats().put(0, 3);
                    whole.close();
                    part.run();
                    assertThat(part.output("y").floats().get(0)).isEqualTo(3);
                    assertThat(whole.output("y").floats().get(0)).isEqualTo(3);
                    refused(() -> part.withRows(3));
                }
            }
        }

        private void useAfterClose() throws Exception {
            OnnxModel model = load(TestModels.relu(), foreign);
            BoundRun run = model.bind(1, 4);
            ByteBuffer memory = run.input("x").bytes();
            ExecutorService executor = Executors.newSingleThreadExecutor();
            executor.submit(model::close).get();
            executor.shutdown();
            for (Misuse use : List.<Misuse>of(
                    () -> model.run(new float[4]), () -> model.bind(1, 4), run::run, () -> run.withRows(1))) {
                assertThatThrownBy(use::commit).isInstanceOf(UnavailableException.class);
            }
            memory.putFloat(0, 1);
            assertThat(run.output("y").floats().get(0)).isZero();
            assertThat(model.signature().inputs()).hasSize(1);
            run.close();
            model.close();
        }

        /** Others may ask for the one environment after this library made it, or be told that they are late. */
        private void otherEnvironment() throws Exception {
            OrtEnvironment named = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "late");
            OrtEnvironment.ThreadingOptions threads = new OrtEnvironment.ThreadingOptions();
            threads.setGlobalIntraOpNumThreads(1);
            assertThatThrownBy(() ->
                            OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "late", threads))
                    .isInstanceOf(IllegalStateException.class);
            named.close();
        }

        private static void refused(Misuse misuse) {
            assertThatThrownBy(misuse::commit).isInstanceOf(InvalidInputException.class);
        }

        private interface Misuse {
            void commit() throws Exception;
        }
    }
}
