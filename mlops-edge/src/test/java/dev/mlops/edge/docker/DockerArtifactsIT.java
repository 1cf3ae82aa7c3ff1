package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Model files on a real Docker Engine: killed, cancelled and concurrent transfers. */
class DockerArtifactsIT extends DockerFixture {
    @Test
    void saysHowToGetTheRuntimeImage() {
        try (DockerEngine other = DockerEngine.builder(RealEngine.require())
                .runtimeImage("mlops-test/absent:1")
                .build()) {
            assertThatThrownBy(
                            () -> other.ensureArtifact(artifact("a model"), ProgressListener.NONE, new Cancellation()))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("mlops-test/absent:1")
                    .hasMessageContaining("RuntimeImage");
        }
    }

    @Test
    void leavesVolumesThatAreNotItsOwnAlone() {
        ModelArtifact artifact = artifact("a model");
        String volume = Helpers.volumeOf(artifact.digest());
        engine.session()
                .call(
                        "make",
                        docker -> docker.createVolumeCmd().withName(volume).exec());
        try {
            assertThatThrownBy(() -> engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(volume);
            assertThatThrownBy(() -> engine.removeArtifact(artifact)).isInstanceOf(ConflictException.class);
        } finally {
            engine.session()
                    .call("clean up", docker -> docker.removeVolumeCmd(volume).exec());
        }
    }

    @Test
    void makesAnUnfinishedVolumeAnew() {
        ModelArtifact artifact = artifact("a model");
        sent.add(artifact);
        String volume = Helpers.volumeOf(artifact.digest());
        engine.session()
                .call(
                        "make",
                        docker -> docker.createVolumeCmd()
                                .withName(volume)
                                .withLabels(
                                        Map.of(Labels.VOLUME, artifact.digest().hex()))
                                .exec());
        assertThat(engine.hasArtifact(artifact)).isFalse();

        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());

        assertThat(engine.hasArtifact(artifact)).isTrue();
    }

    @Test
    void aTransferThatIsCancelledLeavesNothing() {
        ModelArtifact artifact = SlowTransfer.artifact(run, 64L << 20, 20);
        Cancellation cancellation = new Cancellation();

        assertThatThrownBy(() -> engine.ensureArtifact(artifact, progress -> cancellation.cancel(), cancellation))
                .isInstanceOf(CancelledException.class);

        assertNothingIsLeftOf(artifact);
    }

    @Test
    void aThreadThatIsInterruptedLeavesNothing() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact(run, 64L << 20, 20);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread sender = new Thread(() -> {
            try {
                engine.ensureArtifact(
                        artifact, progress -> Thread.currentThread().interrupt(), new Cancellation());
                failure.complete(null);
            } catch (RuntimeException e) {
                failure.complete(e);
            }
        });
        sender.start();

        assertThat(failure.get()).isInstanceOf(CancelledException.class);
        assertNothingIsLeftOf(artifact);
    }

    @Test
    void aSecondCallMendsWhatAKilledProcessLeft() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact(run, 32L << 20, 0);
        sent.add(artifact);
        Process process = transfer(32L << 20, 100, "-Xmx64m");
        assertThat(process.inputReader().readLine()).matches("\\d+");
        process.destroyForcibly().waitFor();
        assertThat(engine.hasArtifact(artifact)).isFalse();
        assertThat(helpers(artifact)).isNotEmpty();

        engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());

        assertThat(engine.hasArtifact(artifact)).isTrue();
        assertThat(helpers(artifact)).isEmpty();
    }

    @Test
    void aRemovalSweepsWhatAKilledProcessLeft() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact(run, 32L << 20, 0);
        Process process = transfer(32L << 20, 100, "-Xmx64m");
        assertThat(process.inputReader().readLine()).matches("\\d+");
        process.destroyForcibly().waitFor();

        await(() -> engine.removeArtifact(artifact) || helpers(artifact).isEmpty());

        assertNothingIsLeftOf(artifact);
    }

    @Test
    void processesThatSendTheSameModelAtOnceDoNotDisturbEachOther() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact(run, 24L << 20, 0);
        sent.add(artifact);
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            processes.add(transfer(24L << 20, 20, "-Xmx64m"));
        }
        List<CompletableFuture<Void>> threads = IntStream.range(0, 3)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation())))
                .toList();

        threads.forEach(CompletableFuture::join);
        for (Process process : processes) {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(output).isZero();
        }
        assertThat(engine.hasArtifact(artifact)).isTrue();
        assertThat(helpers(artifact)).isEmpty();
    }

    @Test
    void sendsAModelLargerThanTheHeap() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact(run, 512L << 20, 0);
        sent.add(artifact);

        Process process = transfer(512L << 20, 0, "-Xmx48m");
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).as(output).isZero();
        assertThat(engine.hasArtifact(artifact)).isTrue();
    }

    private Process transfer(long bytes, long pauseMillis, String heap) throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        heap,
                        "-cp",
                        System.getProperty("java.class.path"),
                        SlowTransfer.class.getName(),
                        RealEngine.require().toString(),
                        engineImage(),
                        run,
                        Long.toString(bytes),
                        Long.toString(pauseMillis))
                .redirectErrorStream(true)
                .start();
    }

    private void assertNothingIsLeftOf(ModelArtifact artifact) {
        assertThat(engine.hasArtifact(artifact)).isFalse();
        assertThat(helpers(artifact)).isEmpty();
        assertThatThrownBy(() -> engine.session()
                        .call(
                                "look",
                                docker -> docker.inspectVolumeCmd(Helpers.volumeOf(artifact.digest()))
                                        .exec()))
                .isInstanceOf(NotFoundException.class);
    }

    private List<?> helpers(ModelArtifact artifact) {
        return new Helpers(engine.session(), "unused").find(artifact.digest());
    }
}
