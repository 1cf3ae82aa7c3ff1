package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shell script of docs/dataset-manifest.md reads a store that this code wrote. */
class DocumentedReaderTest {
    private static final List<String> TOOLS = List.of("zstd", "jq", "sqlite3", "od", "sha256sum");
    private static final int FILES = 3_000;
    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path home;

    @Test
    void theDocumentedScriptReadsTheFilesOfAVersion() throws Exception {
        for (String tool : TOOLS) {
            assumeTrue(!run("command -v " + tool).isEmpty(), tool + " is not installed");
        }
        List<String> paths;
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            DatasetVersion version = publish(mlops);
            paths = mlops.projects().open("lab").datasets().files(version).stream()
                    .map(FileEntry::path)
                    .toList();
        }

        String output = run(script());

        assertThat(Files.readAllLines(home.resolve("files.jsonl"))).hasSize(FILES);
        assertThat(output)
                .startsWith("{\"files\":3000,\"bytes\":")
                .contains("[{\"type\":\"text/plain\",\"files\":3000,")
                .contains(paths);
        assertThat(Files.readAllLines(home.resolve("segments"))).hasSizeGreaterThan(1);
    }

    private static DatasetVersion publish(Mlops mlops) {
        List<FileSource> files = IntStream.range(0, FILES)
                .mapToObj(i -> FileSource.of(
                        "a%05d.txt".formatted(i), String.valueOf(i).getBytes(StandardCharsets.UTF_8)))
                .toList();
        PublishOptions options =
                PublishOptions.builder().split(Split.byPath("train", "**")).build();
        return mlops.projects().openOrCreate("lab").datasets().publish("numbers", files.iterator(), options);
    }

    private static String script() throws IOException {
        String text = Files.readString(Path.of("../docs/dataset-manifest.md"));
        StringBuilder script = new StringBuilder("set -euo pipefail\n");
        Matcher blocks = BLOCK.matcher(text);
        while (blocks.find()) {
            script.append(blocks.group(1));
        }
        return script.toString();
    }

    private String run(String script) throws IOException, InterruptedException {
        Path log = Files.createTempFile("script", ".txt");
        try {
            Process bash = new ProcessBuilder("bash", "-c", script)
                    .directory(home.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            assertThat(bash.waitFor(2, TimeUnit.MINUTES)).isTrue();
            return Files.readString(log);
        } finally {
            Files.delete(log);
        }
    }
}
