package dev.mlops.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Resident memory of a JVM whose Java heap is all in memory from the start, so that what grows is native. */
class NativeMemoryTest {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final List<String> FIXED_HEAP =
            List.of("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");
    private static final int MOST_KILOBYTES = 16 << 10;
    private static final int TIMES = 500;
    private static final int STRING_LENGTH = 50_000;

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "others do not tell the resident memory")
    void loadingRunningAndFailingLeaksNothing() throws Exception {
        List<String> output =
                ChildJvm.start(Program.class, FIXED_HEAP).awaitExit(0).lines().toList();

        assertThat(Integer.parseInt(output.get(output.size() - 1))).isLessThan(MOST_KILOBYTES);
    }

    /** The child: prints by how many kilobytes its resident memory grew. */
    static final class Program {
        private Program() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException {
            use();
            long before = residentKilobytes();
            use();
            System.out.println(residentKilobytes() - before);
        }
    }

    private static void use() {
        try (OnnxModel relu = load(TestModels.relu());
                OnnxModel text = load(TestModels.identity(ElementType.STRING, "n"));
                OnnxModel sequence = load(TestModels.sequenceOf(ElementType.FLOAT));
                OnnxModel scores = load(TestModels.zipMap("cat", "dog"));
                OnnxModel lookup = load(TestModels.lookup())) {
            Tensor texts = Tensor.strings(new String[] {"x".repeat(STRING_LENGTH), "y".repeat(STRING_LENGTH)}, 2);
            for (int i = 0; i < TIMES; i++) {
                relu.run(new float[4 * (1 + i % 1_000)]);
                text.run(texts);
                sequence.run(new float[10_000]);
                scores.run(new float[1_000]);
                fail(lookup);
                load(TestModels.linear()).close();
            }
        }
    }

    private static void fail(OnnxModel lookup) {
        try {
            lookup.run(Tensor.longs(new long[] {99}, 1));
        } catch (InvalidInputException e) {
            assertThat(e).hasMessageContaining("99");
        }
    }

    private static OnnxModel load(byte[] bytes) {
        return OnnxModel.load(
                "test.onnx", bytes, OnnxOptions.builder().intraOpThreads(1).build());
    }

    private static long residentKilobytes() throws IOException {
        System.gc();
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
