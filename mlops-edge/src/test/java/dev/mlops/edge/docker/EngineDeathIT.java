package dev.mlops.edge.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceSpec;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.api.spi.device.ModelArtifact;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A Docker Engine of the test's own that is killed in the middle of a deployment and started again. */
@Timeout(180)
class EngineDeathIT {
    private static final String BRIDGE = "mldeath" + ProcessHandle.current().pid() % 100_000;

    private Path directory;
    private Process daemon;

    @BeforeEach
    void startEngine() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/sbin/dockerd")),
                "needs root and dockerd, to start a Docker Engine that may be killed");
        directory = Files.createTempDirectory("mlops-engine");
        // Its own bridge: with "none", dockerd would remove docker0 from under an engine that runs here.
        run("ip link add " + BRIDGE + " type bridge && ip addr add 10.214.77.1/24 dev " + BRIDGE + " && ip link set "
                + BRIDGE + " up");
        startDaemon();
    }

    @AfterEach
    void stopEngine() throws Exception {
        if (daemon != null) {
            daemon.destroy();
            if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
                daemon.destroyForcibly().waitFor();
            }
            // An engine that was killed leaves its mounts.
            run("awk -v dir=" + directory + "/ 'index($2, dir) == 1 { print $2 }' /proc/mounts | sort -r"
                    + " | xargs -r -n 1 umount; rm -rf --one-file-system " + directory + "; ip link delete " + BRIDGE);
        }
    }

    @Test
    void aTransferThatItsDeathBrokeIsMendedByTheNextCall() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact("death", 48L << 20, 20);
        try (DockerEngine engine = RealEngine.withStandIn(uri())) {
            assertThatThrownBy(() ->
                            engine.ensureArtifact(artifact, progress -> daemon.destroyForcibly(), new Cancellation()))
                    .isInstanceOf(UnavailableException.class)
                    .hasMessageContaining(uri().toString());
            assertThatThrownBy(engine::info).isInstanceOf(UnavailableException.class);

            startDaemon();
            assertThat(engine.hasArtifact(artifact)).isFalse();
            engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());

            assertThat(engine.hasArtifact(artifact)).isTrue();
            assertThat(new Helpers(engine.session(), "unused").find(artifact.digest()))
                    .isEmpty();
        }
    }

    @Test
    void instancesAreFoundAgainAfterItsRestart() throws Exception {
        ModelArtifact artifact = SlowTransfer.artifact("restart", 1 << 10, 0);
        InstanceSpec spec = new InstanceSpec(
                "camera",
                "me",
                artifact.digest(),
                "model.onnx",
                "digits",
                "3",
                49_871,
                Resources.DEFAULT,
                Map.of(),
                Map.of());
        try (DockerEngine engine = RealEngine.withStandIn(uri())) {
            engine.ensureArtifact(artifact, ProgressListener.NONE, new Cancellation());
            engine.create(spec);

            daemon.destroyForcibly().waitFor();
            assertThatThrownBy(() -> engine.start("camera")).isInstanceOf(UnavailableException.class);
            startDaemon();

            engine.create(spec);
            engine.start("camera");
            assertThat(engine.list("me"))
                    .extracting(InstanceStatus::state)
                    .containsExactly(InstanceStatus.State.RUNNING);
            engine.stop("camera", Duration.ofSeconds(1));
            engine.remove("camera");
        }
    }

    private static void run(String script) throws IOException, InterruptedException {
        new ProcessBuilder("sh", "-c", script)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private URI uri() {
        return URI.create("unix://" + directory.resolve("docker.sock"));
    }

    private void startDaemon() throws IOException, InterruptedException {
        Files.deleteIfExists(directory.resolve("docker.pid"));
        // A containerd of its own at each start: where nobody reaps orphans, the next dockerd waits for the dead one.
        Path exec = Files.createTempDirectory(directory, "exec");
        daemon = new ProcessBuilder(List.of(
                        "/usr/sbin/dockerd",
                        "--data-root",
                        directory.resolve("data").toString(),
                        "--exec-root",
                        exec.toString(),
                        "--pidfile",
                        directory.resolve("docker.pid").toString(),
                        "--bridge",
                        BRIDGE,
                        "--iptables=false",
                        "--ip6tables=false",
                        "--ip-masq=false",
                        "--ip-forward=false",
                        "-H",
                        uri().toString()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        try (DockerEngine engine = DockerEngine.fromUri(uri())) {
            for (int attempt = 0; attempt < 300 && daemon.isAlive(); attempt++) {
                try {
                    engine.info();
                    return;
                } catch (UnavailableException e) {
                    Thread.sleep(100);
                }
            }
        }
        Assumptions.abort("dockerd does not start here: " + Files.readString(directory.resolve("log")));
    }
}
