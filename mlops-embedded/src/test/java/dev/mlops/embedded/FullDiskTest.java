package dev.mlops.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Disks that are really full: small ones in memory, mounted in a namespace that ends with the process. */
@Timeout(120)
class FullDiskTest {
    @TempDir
    private Path home;

    @TempDir
    private Path directory;

    @BeforeEach
    void requireMounts() throws IOException, InterruptedException {
        assumeThat(exitCode(List.of("unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt")))
                .as("mounts in a namespace of their own are possible: exit code of unshare and mount")
                .isZero();
    }

    @Test
    void aPublishThatFillsTheDiskOfTheStoreFailsAndHarmsNoVersion() throws Exception {
        List<String> lines = run(home, "24m", List.of("publish"));

        List<String> published = after("published ", lines);
        assertThat(published).hasSizeBetween(2, 12);
        assertThat(lines.get(published.size())).startsWith("UnavailableException: ");
        assertThat(after("verified ", lines))
                .as("in this process, and opened again while the disk is full")
                .hasSize(2 * published.size())
                .containsAll(published);
        assertThat(lines).hasSize(3 * published.size() + 1);
    }

    @Test
    void aCheckoutThatFillsTheDiskFailsAndLeavesWholeFilesOnly() throws Exception {
        try (Mlops mlops = EmbeddedMlops.open(home)) {
            List<FileSource> files = IntStream.range(0, 5)
                    .boxed()
                    .flatMap(number -> FullDiskProcess.files(number).stream()
                            .map(file -> new FileSource(number + "/" + file.path(), file.body())))
                    .toList();
            mlops.projects()
                    .create(FullDiskProcess.PROJECT)
                    .datasets()
                    .publish(FullDiskProcess.DATA, files.iterator(), PublishOptions.defaults());
        }
        Path target = Files.createDirectory(directory.resolve("target"));

        List<String> lines = run(target, "3m", List.of("checkout", target.toString()));

        assertThat(lines.get(0)).startsWith("UnavailableException: ").contains("No space left on device");
        assertThat(after("whole ", lines)).isNotEmpty().hasSize(lines.size() - 1);
    }

    private static List<String> after(String word, List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(word))
                .map(line -> line.substring(word.length()))
                .toList();
    }

    /** What a process says that has a disk of that size at a directory. */
    private List<String> run(Path disk, String size, List<String> args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=%s none '%s' && exec \"$@\"".formatted(size, disk),
                "sh"));
        command.addAll(ChildProcess.command(FullDiskProcess.class, List.of(), home, args));
        assertThat(exitCode(command)).as(() -> output()).isZero();
        return after(FullDiskProcess.SAID, output().lines().toList());
    }

    private int exitCode(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("output").toFile())
                    .start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
                return process.exitValue();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException noSuchProgram) {
            return -1;
        }
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
