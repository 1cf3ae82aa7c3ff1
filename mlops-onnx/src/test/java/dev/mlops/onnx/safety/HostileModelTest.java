package dev.mlops.onnx.safety;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ElementType;
import dev.mlops.api.model.ValueSpec;
import dev.mlops.onnx.model.ModelCache;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.OnnxOptions;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.testing.ChildJvm;
import dev.mlops.onnx.testing.HostileModels;
import dev.mlops.onnx.testing.TestModels;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that are damaged or made to do harm, loaded and run by a JVM of their own that must survive them all. */
@Timeout(120)
class HostileModelTest {
    private static final int MUTATIONS = Integer.getInteger("mlops.mutations", 300);
    private static final List<String> RUN = List.of(
            "constant of 2^40 elements",
            "constant whose size overflows",
            "expansion to 2^40 elements",
            "graphs 20 deep",
            "chain of 5,000 operators",
            "loop without end");

    @TempDir
    Path directory;

    @Test
    void handmadeModelsAreRefusedOrEnd() throws Exception {
        String told = survived(Program.class, "handmade");

        for (String name : HostileModels.all().keySet()) {
            String line = told.lines()
                    .filter(each -> each.startsWith(name + ": "))
                    .findFirst()
                    .orElseThrow();
            assertThat(line.contains("cannot be loaded")).as(line).isEqualTo(!RUN.contains(name));
        }
        assertThat(told)
                .contains("graphs 20 deep: {y=FLOAT[2]}", "chain of 5,000 operators: {y=FLOAT[2]}")
                .containsPattern("loop without end: .* was ended after PT1S")
                .containsPattern("constant of 2\\^40 elements: .* cannot run on these inputs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"onnx", "zip-map", "branches", "ort"})
    void mutatedAndTruncatedModelsAreRefusedOrEnd(String kind) throws Exception {
        String told = survived(Program.class, "mutated", kind, directory.toString());

        assertThat(told).containsPattern("refused [1-9]\\d*, ran \\d+, failed \\d+");
    }

    @Test
    void weightsLieInTheDirectoryOfTheModelOrItIsRefused() throws Exception {
        String told = survived(Program.class, "external", directory.toString());

        assertThat(told.lines().filter(line -> line.startsWith("inside")))
                .hasSize(3)
                .allMatch(line -> line.endsWith("{y=FLOAT[2]}"));
        assertThat(told.lines().filter(line -> line.startsWith("outside")))
                .hasSize(8)
                .allMatch(line -> line.contains("must lie in its directory"));
        assertThat(told.lines().filter(line -> line.startsWith("wrong")))
                .hasSize(7)
                .allMatch(line -> line.contains("cannot be loaded"));
    }

    private static String survived(Class<?> program, String... arguments) throws IOException, InterruptedException {
        return ChildJvm.start(program, List.of("-Dmlops.mutations=" + MUTATIONS), arguments)
                .awaitExit(0);
    }

    /** The child: says in a line what became of each model. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) throws IOException {
            switch (arguments[0]) {
                case "handmade" ->
                    HostileModels.all().forEach((name, bytes) -> tell(name, outcome(() -> load(name, bytes))));
                case "mutated" -> mutate(model(arguments[1], Path.of(arguments[2])));
                default -> external(Path.of(arguments[1]));
            }
        }

        @SuppressWarnings("SystemOut")
        private static void tell(String name, String outcome) {
            System.out.println(name + ": " + outcome.replaceAll("\\s+", " "));
        }

        private static OnnxModel load(String name, byte[] bytes) {
            return OnnxModel.load(
                    name, bytes, OnnxOptions.builder().intraOpThreads(1).build());
        }

        private static String outcome(Loading loading) {
            try (OnnxModel model = loading.load()) {
                Map<String, Tensor> inputs = new HashMap<>();
                for (ValueSpec input : model.signature().inputs()) {
                    inputs.put(input.name(), tensor(input));
                }
                return model.run(inputs, RunLimits.within(Duration.ofSeconds(1)))
                        .toString();
            } catch (InvalidInputException | CancelledException e) {
                return e.getMessage();
            }
        }

        private static Tensor tensor(ValueSpec input) {
            ElementType type = input.elementType() == null ? ElementType.FLOAT : input.elementType();
            long[] shape = input.shape() == null
                    ? new long[] {2}
                    : input.shape().stream()
                            .mapToLong(size -> size.isOpen() ? 2 : Math.min(size.size(), 64))
                            .toArray();
            return Tensor.zeros(type, shape);
        }

        private static byte[] model(String kind, Path directory) throws IOException {
            return switch (kind) {
                case "onnx" -> TestModels.twoInputs();
                case "zip-map" -> TestModels.zipMap("cat", "dog", "bird");
                case "branches" -> HostileModels.all().get("graphs 20 deep");
                default -> optimized(directory);
            };
        }

        /** In ONNX Runtime's own format. */
        private static byte[] optimized(Path directory) throws IOException {
            OnnxOptions options =
                    OnnxOptions.builder().cache(ModelCache.in(directory)).build();
            OnnxModel.load("model", TestModels.twoInputs(), options).close();
            try (DirectoryStream<Path> cached = Files.newDirectoryStream(directory, "*.ort")) {
                return Files.readAllBytes(cached.iterator().next());
            }
        }

        private static void mutate(byte[] whole) {
            Random random = new Random(11);
            int refused = 0;
            int ran = 0;
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] bytes = mutated(whole, i, random);
                String outcome = outcome(() -> load("mutated", bytes));
                refused += outcome.contains("cannot be loaded") || outcome.contains("is empty") ? 1 : 0;
                ran += outcome.startsWith("{") ? 1 : 0;
            }
            tell("mutated", "refused %d, ran %d, failed %d".formatted(refused, ran, MUTATIONS - refused - ran));
        }

        private static byte[] mutated(byte[] whole, int round, Random random) {
            byte[] bytes = Arrays.copyOf(whole, round % 5 == 0 ? random.nextInt(whole.length) : whole.length);
            for (int change = 0; change < round % 4 + (round % 5 == 0 ? 0 : 1) && bytes.length > 0; change++) {
                int at = random.nextInt(bytes.length);
                bytes[at] = round % 3 == 0 ? (byte) (bytes[at] ^ (1 << random.nextInt(8))) : (byte) random.nextInt();
            }
            return bytes;
        }

        private static void external(Path top) throws IOException {
            byte[] data = new byte[64];
            Path directory = Files.createDirectories(top.resolve("model"));
            Path secret = Files.write(top.resolve("secret.bin"), data);
            Files.write(directory.resolve("w.bin"), data);
            Files.write(Files.createDirectories(directory.resolve("sub")).resolve("w.bin"), data);
            Files.createSymbolicLink(directory.resolve("link.bin"), secret);
            Files.createSymbolicLink(directory.resolve("link"), top);
            for (String inside : List.of("w.bin", "sub/w.bin", "sub/../w.bin")) {
                file("inside " + inside, directory, HostileModels.externalData(inside, "0", "4", 1));
            }
            for (String outside : List.of(
                    "../secret.bin",
                    "sub/../../secret.bin",
                    secret.toString(),
                    "link.bin",
                    "link/secret.bin",
                    "none")) {
                file("outside " + outside, directory, HostileModels.externalData(outside, "0", "4", 1));
            }
            for (String here : List.of("pom.xml", "w.bin")) {
                tell(
                        "outside of bytes " + here,
                        outcome(() -> load("bytes", HostileModels.externalData(here, "0", "4", 1))));
            }
            wrong(directory);
        }

        private static void wrong(Path directory) throws IOException {
            for (String offset : List.of("-4", "62", "1000000", "9223372036854775807", "none")) {
                file("wrong offset " + offset, directory, HostileModels.externalData("w.bin", offset, "4", 1));
            }
            file("wrong length", directory, HostileModels.externalData("w.bin", "0", "-4", 1));
            file("wrong shape", directory, HostileModels.externalData("w.bin", "0", "4", 1L << 40));
        }

        private static void file(String what, Path directory, byte[] bytes) throws IOException {
            Path file = Files.write(directory.resolve("model.onnx"), bytes);
            tell(what, outcome(() -> OnnxModel.load(file)));
        }

        private interface Loading {
            OnnxModel load();
        }
    }
}
