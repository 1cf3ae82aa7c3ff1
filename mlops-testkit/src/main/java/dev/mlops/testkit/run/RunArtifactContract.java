package dev.mlops.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.RunTracker;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.TestBodies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts of runs, as every {@link RunTracker} keeps them. Inherit it and say which store to use. */
public abstract class RunArtifactContract {
    @TempDir
    private Path directory;

    private RunTracker runs;
    private ActiveRun run;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected RunArtifactContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void startRun() {
        runs = mlops().projects().create(Scene.freshName()).runs();
        run = runs.start("artifacts");
    }

    @AfterEach
    void closeRun() {
        run.close();
    }

    private String read(String path) throws IOException {
        try (InputStream in = runs.openArtifact(run.id(), path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Path file(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, text);
    }

    @Test
    void aDirectoryTellsItsProgressAndWhenCancelledKeepsNothing() throws IOException {
        file("in/a.txt", "alpha");
        file("in/b.txt", "beta");
        List<Progress> told = new ArrayList<>();
        Cancellation cancelled = new Cancellation();
        cancelled.cancel();

        assertThatThrownBy(() -> run.artifact("out", directory.resolve("in"), ProgressListener.NONE, cancelled))
                .isInstanceOf(CancelledException.class);
        assertThat(runs.artifacts(run.id()).toList()).isEmpty();
        run.artifact("out", directory.resolve("in"), told::add, new Cancellation());

        assertThat(told).last().satisfies(end -> {
            assertThat(end.doneItems()).isEqualTo(2);
            assertThat(end.doneBytes()).isEqualTo(9);
        });
        assertThat(runs.artifacts(run.id()).toList()).hasSize(2);
    }

    @Test
    void aFileIsKeptWithDigestAndMediaType() throws IOException {
        run.artifact("report/index.html", file("r.html", "<html><body>hi</body></html>"));

        Artifact artifact = runs.artifacts(run.id()).toList().get(0);
        assertThat(artifact.path()).isEqualTo("report/index.html");
        assertThat(artifact.size()).isEqualTo(28);
        assertThat(artifact.sha256())
                .isEqualTo(Sha256.of("<html><body>hi</body></html>".getBytes(StandardCharsets.UTF_8)));
        assertThat(artifact.mediaType()).isEqualTo("text/html");
        assertThat(read("report/index.html")).isEqualTo("<html><body>hi</body></html>");
    }

    @Test
    void theBytesTellTheMediaTypeWhereTheNameDoesNot() {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
        run.artifact("picture", new ByteArrayInputStream(png));
        run.artifact("table.csv", new ByteArrayInputStream("a,b\n1,2\n".getBytes(StandardCharsets.UTF_8)));
        run.artifact("weights.bin", new ByteArrayInputStream(new byte[] {0, 1, 2, 3, -1}));

        assertThat(runs.artifacts(run.id()).map(Artifact::mediaType).toList())
                .containsExactly("image/png", "text/csv", "application/octet-stream");
    }

    @Test
    void aStreamIsReadToItsEndAndNotClosed() throws IOException {
        AtomicBoolean closed = new AtomicBoolean();
        byte[] bytes = TestBodies.noise(3 * 1024 * 1024 + 5, 1);
        InputStream in = new ByteArrayInputStream(bytes) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        run.artifact("big.bin", in);

        assertThat(in.read()).isEqualTo(-1);
        assertThat(closed).isFalse();
        Path target = directory.resolve("copy/big.bin");
        runs.downloadArtifact(run.id(), "big.bin", target);
        assertThat(Files.readAllBytes(target)).isEqualTo(bytes);
    }

    @Test
    void anArtifactWithThePathOfAnotherReplacesIt() throws IOException {
        run.artifact("a.txt", file("1", "one"));
        run.artifact("a.txt", file("2", "two"));

        assertThat(read("a.txt")).isEqualTo("two");
        assertThat(runs.artifacts(run.id()).toList()).hasSize(1);
    }

    @Test
    void aDirectoryIsKeptWithAllFilesBelowIt() throws IOException {
        file("out/a.txt", "a");
        file("out/deep/er/b.txt", "b");
        Files.createDirectories(directory.resolve("out/empty"));
        run.artifact("results", directory.resolve("out"));

        assertThat(runs.artifacts(run.id()).map(Artifact::path).toList())
                .containsExactly("results/a.txt", "results/deep/er/b.txt");
        assertThat(read("results/deep/er/b.txt")).isEqualTo("b");
    }

    @Test
    void linksInADirectoryAreNotFollowed() throws IOException {
        Path secret = file("secret.txt", "secret");
        file("out/a.txt", "a");
        Files.createSymbolicLink(directory.resolve("out/link.txt"), secret);

        assertThatThrownBy(() -> run.artifact("results", directory.resolve("out")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("link.txt")
                .hasMessageContaining("symbolic link");
        assertThat(runs.artifacts(run.id()).toList()).isEmpty();
    }

    @Test
    void whatIsNoFileIsRefused() throws IOException {
        Files.createDirectories(directory.resolve("empty"));
        assertThatThrownBy(() -> run.artifact("a", directory.resolve("none")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> run.artifact("a", directory.resolve("empty")))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void hostilePathsAreRefused() {
        for (String bad : List.of(
                "", "/etc/passwd", "../a", "a/../../b", "a//b", "a\\b", "C:/a", "a\nb", "a/", ".", "x".repeat(1025))) {
            assertThatThrownBy(() -> run.artifact(bad, new ByteArrayInputStream(new byte[1])))
                    .as(bad)
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void aStreamThatFailsLeavesNoArtifact() throws IOException {
        InputStream failing =
                TestBodies.failing(10, new byte[5], "the line is dead").open();
        assertThatThrownBy(() -> run.artifact("a", failing)).hasMessageContaining("the line is dead");
        assertThat(runs.artifacts(run.id()).toList()).isEmpty();
    }

    @Test
    void anArtifactThatDoesNotExistIsNotFound() {
        assertThatThrownBy(() -> runs.openArtifact(run.id(), "none"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> runs.downloadArtifact(run.id(), "../none", directory.resolve("x")))
                .isInstanceOf(NotFoundException.class);
        assertThat(directory.resolve("x")).doesNotExist();
    }

    @Test
    void artifactsArePagedByPathWhileOthersAreAdded() {
        for (int i = 0; i < 5; i++) {
            run.artifact("f" + 2 * i, new ByteArrayInputStream(new byte[i]));
        }
        var first = runs.artifacts(run.id()).page(2);
        run.artifact("f1", new ByteArrayInputStream(new byte[1]));
        run.artifact("f7", new ByteArrayInputStream(new byte[1]));
        var rest = runs.artifacts(run.id())
                .page(new PageRequest(10, first.nextToken().orElseThrow()));

        assertThat(first.items()).extracting(Artifact::path).containsExactly("f0", "f2");
        assertThat(rest.items()).extracting(Artifact::path).containsExactly("f4", "f6", "f7", "f8");
    }
}
