package dev.mlops.onnx.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.InstanceStatus.State;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.testkit.device.ContractModel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InProcessEngineTest {
    @TempDir
    Path directory;

    private final ModelArtifact artifact = ContractModel.artifact("labels");
    private final int port = freePort();
    private InProcessEngine engine;

    @BeforeEach
    void open() {
        engine = InProcessEngine.open(directory);
        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
    }

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    void knowsWhatWasNeverStartedAsCreatedAndWhatRanAsExited() {
        engine.create(spec("never", "127"));
        engine.create(spec("ran", "128"));
        engine.start("ran");
        engine.close();

        engine = InProcessEngine.open(directory);

        assertThat(engine.inspect("never")).map(InstanceStatus::state).contains(State.CREATED);
        InstanceStatus ran = engine.inspect("ran").orElseThrow();
        assertThat(ran.state()).isEqualTo(State.EXITED);
        assertThat(ran.detail()).contains("engine");
        assertThat(ran.labels()).containsEntry("revision", "128");
        engine.create(spec("ran", "128"));
    }

    @Test
    void replacesAHalfDoneArtifact() throws IOException {
        Path folder = directory.resolve("artifacts").resolve(artifact.digest().hex());
        Files.delete(folder.resolve(".complete"));
        Files.writeString(folder.resolve("files/model.onnx"), "half");
        assertThat(engine.hasArtifact(artifact)).isFalse();

        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());

        assertThat(engine.hasArtifact(artifact)).isTrue();
        assertThat(folder.resolve("files/model.onnx")).hasBinaryContent(ContractModel.bytes());
    }

    @Test
    void noticesThatAFileOfAnArtifactWasCutOrDeleted() throws IOException {
        Path folder = directory.resolve("artifacts").resolve(artifact.digest().hex());
        Files.write(folder.resolve("files/model.onnx"), new byte[3]);
        assertThat(engine.hasArtifact(artifact)).isFalse();

        Files.delete(folder.resolve("files/model.onnx"));
        assertThat(engine.hasArtifact(artifact)).isFalse();
        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
        assertThat(engine.hasArtifact(artifact)).isTrue();
    }

    @Test
    void clearsWhatAKilledProcessLeft() throws IOException {
        engine.close();
        Path left = Files.createDirectories(directory.resolve("artifacts/.incoming-dead/files"));
        Files.writeString(left.resolve("model.onnx"), "half");

        engine = InProcessEngine.open(directory);

        assertThat(directory.resolve("artifacts/.incoming-dead")).doesNotExist();
        assertThat(engine.hasArtifact(artifact)).isTrue();
    }

    @Test
    void leavesNothingOfARefusedArtifact() throws IOException {
        ModelArtifact lying = new ModelArtifact(
                ContractModel.artifact("other").digest(),
                List.of(new ModelArtifact.File("model.onnx", artifact.digest(), ObjectBody.of(ContractModel.bytes()))));

        assertThatThrownBy(() -> engine.ensureArtifact(lying, ProgressListener.NONE, new Cancellation()))
                .isInstanceOf(IntegrityException.class);

        try (Stream<Path> entries = Files.list(directory.resolve("artifacts"))) {
            assertThat(entries)
                    .containsExactly(directory
                            .resolve("artifacts")
                            .resolve(artifact.digest().hex()));
        }
    }

    @Test
    void refusesAnArtifactThatHoldsAFileTwice() {
        ModelArtifact.File file = ContractModel.file("model.onnx", ContractModel.bytes());

        assertThatThrownBy(() ->
                        engine.ensureArtifact(ContractModel.of(file, file), ProgressListener.NONE, new Cancellation()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("twice");
    }

    @Test
    void refusesASecondEngineOverTheSameDirectory() {
        assertThatThrownBy(() -> InProcessEngine.open(directory))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("in use by another engine");
    }

    @Test
    void refusesSpecsThatItCannotGive() {
        InstanceSpec good = spec("a", "1");
        assertThatThrownBy(() -> engine.create(spec("a/../b", "1"))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> engine.create(with(good, 0, Resources.DEFAULT)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("port");
        assertThatThrownBy(() -> engine.create(with(good, 1, new Resources(1L << 30, 10_000, 100))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("processors");
        engine.create(spec("..", "1"));
        assertThat(engine.inspect("..")).isPresent();
    }

    @Test
    void saysWhichInstanceFileIsBroken() throws IOException {
        engine.create(spec("a", "1"));
        engine.close();
        try (Stream<Path> files = Files.list(directory.resolve("instances"))) {
            Files.writeString(files.findFirst().orElseThrow(), "{\"format\": 1, \"name\": ");
        }

        assertThatThrownBy(() -> InProcessEngine.open(directory))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(".json");
        // The failed attempt keeps no lock.
        assertThatThrownBy(() -> InProcessEngine.open(directory)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void refusesCallsAfterItIsClosed() {
        engine.close();

        assertThatThrownBy(() -> engine.list("tests"))
                .isInstanceOf(UnavailableException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> engine.start("a")).isInstanceOf(UnavailableException.class);
    }

    private InstanceSpec spec(String name, String revision) {
        return new InstanceSpec(
                name,
                "tests",
                artifact.digest(),
                ContractModel.FILE,
                "relu",
                "1",
                port,
                Resources.DEFAULT,
                Map.of(),
                Map.of("revision", revision));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError("no free port", e);
        }
    }

    private static InstanceSpec with(InstanceSpec spec, int port, Resources resources) {
        return new InstanceSpec(
                spec.name(),
                spec.owner(),
                spec.artifact(),
                spec.modelFile(),
                spec.modelName(),
                spec.modelVersion(),
                port,
                resources,
                spec.environment(),
                spec.labels());
    }
}
