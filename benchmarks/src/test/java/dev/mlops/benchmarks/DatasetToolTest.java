package dev.mlops.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs that the comparison with peers starts, as processes. */
class DatasetToolTest {
    @TempDir
    private Path directory;

    private record Ended(int status, String output) {}

    private Ended run(Class<?> program, Object... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        Stream.of(args).map(Object::toString).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), output);
    }

    private static Map<String, byte[]> contents(Path root) throws IOException {
        Map<String, byte[]> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(root.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return contents;
    }

    @Test
    void whatIsPublishedComesBack() throws Exception {
        Path data = directory.resolve("data");
        Path store = directory.resolve("store");
        Path target = directory.resolve("target");
        assertThat(run(DatasetMaker.class, "a", data, 0.001))
                .extracting(Ended::status)
                .isEqualTo(0);

        assertThat(run(DatasetTool.class, "publish", store, "data", data).output())
                .contains("published V001: files=100 ");
        assertThat(run(DatasetMaker.class, "change", data, 1, 10).status()).isZero();
        assertThat(run(DatasetTool.class, "publish", store, "data", data).output())
                .contains("published V002: files=100 ");

        assertThat(run(DatasetTool.class, "diff", store, "data@V001", "data").output())
                .contains("added=0 removed=0 changed=10 unchanged=90");
        assertThat(run(DatasetTool.class, "list", store, "data@V002", "0000/").output())
                .contains("files=100 ");
        assertThat(run(DatasetTool.class, "verify", store).output()).containsPattern("verified: packs=[1-9]");
        assertThat(run(DatasetTool.class, "gc", store).output()).contains("deleted-packs=0 ");
        assertThat(run(DatasetTool.class, "checkout", store, "data@V002", target)
                        .output())
                .contains("checked out V002: files=100 ");
        assertThat(contents(target)).usingRecursiveComparison().isEqualTo(contents(data));
    }

    @Test
    void aWrongCallSaysWhatIsRight() throws Exception {
        assertThat(run(DatasetTool.class, "publish", directory)).satisfies(ended -> {
            assertThat(ended.status()).isEqualTo(2);
            assertThat(ended.output()).contains("usage:", "publish STORE DATASET DIR");
        });
        assertThat(run(DatasetTool.class, "checkout", directory.resolve("store"), "none@V001", directory))
                .satisfies(ended -> {
                    assertThat(ended.status()).isEqualTo(2);
                    assertThat(ended.output()).contains("checkout:", "none");
                });
    }

    @Test
    void madeDataAreTheSameEachTime() throws Exception {
        for (String sort : List.of("a", "b", "c", "c-inserted", "m")) {
            Path one = directory.resolve(sort + "-1");
            Path other = directory.resolve(sort + "-2");
            DatasetMaker.main(new String[] {sort, one.toString(), "0.0005"});
            DatasetMaker.main(new String[] {sort, other.toString(), "0.0005"});

            assertThat(contents(one)).isNotEmpty().usingRecursiveComparison().isEqualTo(contents(other));
        }
    }
}
