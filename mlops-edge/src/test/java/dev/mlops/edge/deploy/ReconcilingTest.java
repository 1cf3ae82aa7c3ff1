package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.edge.InstanceHealth;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.edge.deploy.FaultyEngine.Moment;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.testkit.edge.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a deployer does about a device that is not what it should be. */
class ReconcilingTest {
    @TempDir
    static Path directory;

    private static Mlops mlops;

    private Stage stage;
    private FaultyEngine counting;
    private ReconcilingEdgeDeployer edge;
    private Device device;

    @BeforeAll
    static void open() {
        mlops = EmbeddedMlops.open(directory.resolve("store"));
    }

    @AfterAll
    static void close() {
        mlops.close();
    }

    @BeforeEach
    void set() {
        stage = Stage.set(mlops, directory);
        counting = FaultyEngine.counting(stage.device());
        edge = stage.deployer(counting);
        device = edge.register("camera");
    }

    @AfterEach
    void strike() {
        edge.close();
        stage.close();
    }

    @Test
    void aDeviceThatIsAsItShouldBeCostsAtMostThreeCalls() {
        edge.deploy(stage.version(), device, Stage.options());
        edge.deploy(stage.versions().working(stage.project(), "other"), device, Stage.options());
        counting.forget();

        assertThat(edge.reconcile(device)).isEmpty();

        assertThat(counting.calls()).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void deployingWhatServesMovesNoBytes() {
        ModelVersion version = stage.version();
        edge.deploy(version, device, Stage.options());
        counting.forget();

        edge.deploy(version, device, Stage.options());

        assertThat(counting.calls()).doesNotContain("ensureArtifact", "create", "start");
    }

    @Test
    void startsAnInstanceThatEnded() {
        Deployment deployment = edge.deploy(stage.version(), device, Stage.options());
        stage.device().kill(deployment.instance());

        assertThat(edge.reconcile(device)).singleElement().asString().contains("started deployment 1");

        assertThat(Endpoint.of(deployment).answers()).isTrue();
        assertThat(edge.reconcile(device)).isEmpty();
    }

    @Test
    void makesAnInstanceAgainThatIsGone() {
        Deployment deployment = edge.deploy(stage.version(), device, Stage.options());
        stage.device().lose(deployment.instance());

        assertThat(edge.reconcile(device)).singleElement().asString().contains("made and started deployment 1");

        assertThat(Endpoint.of(deployment).answers()).isTrue();
    }

    @Test
    void aStoppedInstanceStaysStopped() {
        Deployment deployment = edge.deploy(stage.version(), device, Stage.options());
        edge.stop(deployment);
        stage.device().start(deployment.instance());

        assertThat(edge.reconcile(device)).singleElement().asString().contains("stopped deployment 1");

        assertThat(edge.health(deployment).state()).isEqualTo(InstanceHealth.State.STOPPED);
    }

    @Test
    void aListThatLeavesAnInstanceOutDoesNoHarm() {
        Deployment deployment = edge.deploy(stage.version(), device, Stage.options());
        stage.device().hide(deployment.instance());

        edge.reconcile(device);

        assertThat(stage.device().instances()).containsExactly(deployment.instance());
        assertThat(Endpoint.of(deployment).answers()).isTrue();
    }

    @Test
    void oneInstanceThatCannotBeMendedDoesNotKeepOthersFromIt() {
        ModelVersion bad = stage.version();
        Deployment first = edge.deploy(bad, device, Stage.options());
        Deployment second = edge.deploy(stage.versions().working(stage.project(), "other"), device, Stage.options());
        stage.device().kill(first.instance());
        stage.device().kill(second.instance());
        stage.device().crashOn(bad.digest());

        assertThatThrownBy(() -> edge.reconcile(device))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining(first.instance());

        assertThat(Endpoint.of(second).answers()).isTrue();
    }

    @Test
    void aBrokenDeploymentInForceIsReplacedByANewOneOfTheSameVersion() {
        ModelVersion version = stage.version();
        Deployment first = edge.deploy(version, device, Stage.options());
        stage.device().hangOn(version.digest());
        stage.device().kill(first.instance());

        assertThatThrownBy(() -> edge.deploy(version, device, Stage.options()))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("503");
        assertThat(edge.history(device).first().orElseThrow().number()).isEqualTo(2);
    }

    @Test
    void noticesEarlyThatAnInstanceCrashed() {
        ModelVersion version = stage.version();
        stage.device().crashOn(version.digest());
        long begin = System.nanoTime();

        assertThatThrownBy(() -> edge.deploy(
                        version,
                        device,
                        DeployOptions.builder()
                                .readyTimeout(Duration.ofMinutes(5))
                                .build()))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("ended with 1");

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
        assertThat(stage.device().instances()).isEmpty();
        assertThat(stage.device().artifacts()).isEmpty();
        Deployment failed = edge.history(device).first().orElseThrow();
        assertThat(failed.state()).isEqualTo(DeploymentState.FAILED);
        assertThat(failed.message())
                .contains("PROBING")
                .contains("ended with 1")
                .doesNotContain("cleaned up");
    }

    @Test
    void givesUpOnAnInstanceThatIsNeverReady() {
        ModelVersion version = stage.version();
        stage.device().hangOn(version.digest());

        assertThatThrownBy(() -> edge.deploy(version, device, Stage.options()))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("not ready within");
        assertThat(stage.device().instances()).isEmpty();
    }

    @Test
    void aDeviceThatCannotBeReachedIsOfflineAndOnlineAgainLater() {
        ModelVersion version = stage.version();
        stage.device().reachable(false);

        assertThatThrownBy(() -> edge.deploy(version, device, Stage.options()))
                .isInstanceOf(UnavailableException.class);
        assertThat(edge.device("camera").state()).isEqualTo(DeviceState.OFFLINE);
        assertThat(edge.check(device).passed()).isFalse();

        stage.device().reachable(true);
        Deployment deployment = edge.deploy(version, device, Stage.options());
        assertThat(edge.device("camera").state()).isEqualTo(DeviceState.ONLINE);
        stage.device().reachable(false);
        assertThat(edge.health(deployment).state()).isEqualTo(InstanceHealth.State.UNREACHABLE);
    }

    @Test
    void whatIsRemovedWhileTheDeviceIsAwayGoesWhenItIsBack() {
        Deployment deployment = edge.deploy(stage.version(), device, Stage.options());
        stage.device().reachable(false);

        assertThatThrownBy(() -> edge.remove(deployment)).isInstanceOf(UnavailableException.class);
        assertThat(edge.inForce(device)).isEmpty();

        stage.device().reachable(true);
        edge.remove(deployment);
        assertThat(stage.device().instances()).isEmpty();
        assertThat(stage.device().artifacts()).isEmpty();
    }

    @Test
    void rejectsADeviceOfAnUnknownArchitectureOrWithoutRoom() {
        ModelVersion version = stage.version();
        stage.device().is(new EngineInfo("fake", "1", null, "linux", "mips", 4, 8L << 30, 10));

        assertThatThrownBy(() -> edge.deploy(version, device, Stage.options()))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("mips")
                .hasMessageContaining("free disk");
        assertThat(edge.history(device).first().orElseThrow().state()).isEqualTo(DeploymentState.REJECTED);
        assertThat(stage.device().artifacts()).isEmpty();
    }

    @Test
    void passesOverAPortOnWhichAStrangerListens() throws IOException {
        int taken = 45_000;
        while (true) {
            try (ServerSocket stranger = new ServerSocket(taken, 1, InetAddress.getLoopbackAddress())) {
                ReconcilingEdgeDeployer narrow =
                        stage.builder(stage.device()).ports(taken, taken + 20).build();

                Deployment deployment = narrow.deploy(stage.version(), device, Stage.options());

                assertThat(deployment.port()).isGreaterThan(stranger.getLocalPort());
                assertThat(edge.deployment(deployment.id()).port()).isEqualTo(deployment.port());
                assertThat(Endpoint.of(deployment).answers()).isTrue();
                narrow.close();
                return;
            } catch (BindException e) {
                taken += 50;
            }
        }
    }

    @Test
    void saysThatAllPortsAreTaken() {
        try (ReconcilingEdgeDeployer narrow =
                stage.builder(stage.device()).ports(45_900, 45_900).build()) {
            narrow.deploy(stage.version(), device, Stage.options());

            assertThatThrownBy(() ->
                            narrow.deploy(stage.versions().working(stage.project(), "other"), device, Stage.options()))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining("45900");
        }
    }

    @Test
    void aDeploymentThatAnotherProcessWorksOnIsLeftAloneAndWaitedFor() throws Exception {
        ModelVersion first = stage.version();
        ModelVersion second = stage.version();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FaultyEngine slow = new FaultyEngine(stage.device(), 4, Moment.BEFORE, () -> await(reached, goOn));
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (ReconcilingEdgeDeployer other = stage.deployer(slow)) {
            Future<Deployment> slowly = threads.submit(() -> other.deploy(first, device, Stage.options()));
            assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
            // Several claims long: the heartbeat keeps it.
            Thread.sleep(3 * Stage.CLAIM.toMillis());
            assertThat(edge.reconcile(device)).isEmpty();
            Future<Deployment> waiting = threads.submit(() -> edge.deploy(second, device, Stage.options()));
            Thread.sleep(Stage.CLAIM.toMillis());
            assertThat(waiting.isDone()).isFalse();

            goOn.countDown();

            assertThat(slowly.get(10, TimeUnit.SECONDS).number()).isEqualTo(1);
            assertThat(waiting.get(10, TimeUnit.SECONDS).number()).isEqualTo(2);
            assertThat(stage.device().instances()).hasSize(1);
        } finally {
            goOn.countDown();
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch reached, CountDownLatch goOn) {
        reached.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aDeploymentThatIsRemovedByAnotherProcessIsNotCommitted() throws Exception {
        ModelVersion version = stage.version();
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        FaultyEngine slow = new FaultyEngine(stage.device(), 4, Moment.BEFORE, () -> await(reached, goOn));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (ReconcilingEdgeDeployer other = stage.deployer(slow)) {
            Future<Deployment> slowly = thread.submit(() -> other.deploy(version, device, Stage.options()));
            assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
            edge.remove(edge.history(device).first().orElseThrow());

            goOn.countDown();

            assertThatThrownBy(() -> slowly.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(ConflictException.class);
            assertThat(edge.inForce(device)).isEmpty();
            assertThat(stage.device().instances()).isEmpty();
            assertThat(edge.reconcile(device)).isEmpty();
        } finally {
            goOn.countDown();
            thread.shutdownNow();
        }
    }

    @Test
    void anInterruptedThreadEndsItsDeploymentAsCancelled() {
        ModelVersion version = stage.version();
        FaultyEngine interrupting = new FaultyEngine(
                stage.device(), 3, Moment.AFTER, () -> Thread.currentThread().interrupt());
        try (ReconcilingEdgeDeployer other = stage.deployer(interrupting)) {
            assertThatThrownBy(() -> other.deploy(version, device, Stage.options()))
                    .isInstanceOf(CancelledException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(edge.history(device).first().orElseThrow().state()).isEqualTo(DeploymentState.CANCELED);
        assertThat(stage.device().instances()).isEmpty();
        assertThat(stage.device().artifacts()).isEmpty();
    }

    @Test
    void sharedFilesStayWhileAnotherDeviceUsesThem() {
        ModelVersion version = stage.version();
        Device second = edge.register("camera-2");
        Deployment here = edge.deploy(version, device, Stage.options());
        Deployment there = edge.deploy(version, second, Stage.options());

        edge.remove(here);
        assertThat(stage.device().artifacts()).containsExactly(version.digest());
        edge.remove(there);

        assertThat(stage.device().artifacts()).isEmpty();
    }
}
