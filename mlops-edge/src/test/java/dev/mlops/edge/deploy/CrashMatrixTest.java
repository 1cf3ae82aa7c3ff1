package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.edge.deploy.FaultyEngine.Moment;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.testkit.edge.Endpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The deployer is ended before and after every call that it makes to the engine, and another one goes on. */
class CrashMatrixTest {
    @TempDir
    static Path directory;

    private static Mlops mlops;

    @BeforeAll
    static void open() {
        mlops = EmbeddedMlops.open(directory.resolve("store"));
    }

    @AfterAll
    static void close() {
        mlops.close();
    }

    /** What ends the deployer, and what the next call is. */
    private record Case(int call, Moment moment, boolean dies, boolean deploysAgain) {
        void fault() {
            if (dies) {
                throw new Death();
            }
            throw new UnavailableException("injected");
        }

        String named(List<String> calls) {
            return "%s %s %d %s, then %s"
                    .formatted(
                            dies ? "dies" : "fails",
                            moment,
                            call,
                            calls.get(call - 1),
                            deploysAgain ? "deploy" : "reconcile");
        }
    }

    @TestFactory
    Stream<DynamicTest> anUpdateConvergesWhereverItIsCutOff() {
        List<String> calls = callsOfAnUpdate();
        assertThat(calls).containsSubsequence("list", "info", "ensureArtifact", "create", "start", "stop", "remove");
        return IntStream.rangeClosed(1, calls.size())
                .boxed()
                .flatMap(call -> Stream.of(Moment.values())
                        .flatMap(moment -> Stream.of(
                                        new Case(call, moment, true, true),
                                        new Case(call, moment, true, false),
                                        new Case(call, moment, false, true),
                                        new Case(call, moment, false, false))
                                .map(each -> DynamicTest.dynamicTest(each.named(calls), () -> converges(each)))));
    }

    private static List<String> callsOfAnUpdate() {
        try (Stage stage = Stage.set(mlops, directory)) {
            ModelVersion first = stage.version();
            ModelVersion second = stage.version();
            FaultyEngine counting = FaultyEngine.counting(stage.device());
            try (ReconcilingEdgeDeployer edge = stage.deployer(counting)) {
                Device device = edge.register("camera");
                edge.deploy(first, device, Stage.options());
                counting.forget();
                edge.deploy(second, device, Stage.options());
                return counting.calls();
            }
        }
    }

    private static void converges(Case each) throws InterruptedException {
        try (Stage stage = Stage.set(mlops, directory)) {
            ModelVersion first = stage.version();
            ModelVersion second = stage.version();
            Deployment before = deployed(stage, first);
            cutOff(stage, each, second);
            assertServes(stage, before);
            // The next process comes when the claim of the dead one is over; a deploy would wait for that.
            Thread.sleep(each.dies && !each.deploysAgain ? Stage.CLAIM.toMillis() + 20 : 0);
            goOn(stage, each, second);
        }
    }

    private static Deployment deployed(Stage stage, ModelVersion version) {
        try (ReconcilingEdgeDeployer edge = stage.deployer()) {
            return edge.deploy(version, edge.register("camera"), Stage.options());
        }
    }

    private static void cutOff(Stage stage, Case each, ModelVersion second) {
        FaultyEngine faulty = new FaultyEngine(stage.device(), each.call, each.moment, each::fault);
        try (ReconcilingEdgeDeployer edge = stage.deployer(faulty)) {
            Device device = edge.device("camera");
            Throwable thrown = catchThrowable(() -> edge.deploy(second, device, Stage.options()));
            assertThat(faulty.calls()).hasSizeGreaterThanOrEqualTo(each.call);
            if (each.dies) {
                assertThat(thrown).isInstanceOf(Death.class);
            } else if (thrown != null) {
                assertThat(thrown).isInstanceOf(UnavailableException.class);
            }
        }
    }

    /** The old version serves until another is in force. */
    private static void assertServes(Stage stage, Deployment before) {
        try (ReconcilingEdgeDeployer edge = stage.deployer()) {
            List<Deployment> inForce = edge.inForce(edge.device("camera"));
            assertThat(inForce).hasSize(1);
            assertThat(Endpoint.of(inForce.get(0)).answers()).isTrue();
            if (edge.deployment(before.id()).state() == DeploymentState.COMMITTED) {
                assertThat(inForce.get(0).id()).isEqualTo(before.id());
            }
        }
    }

    private static void goOn(Stage stage, Case each, ModelVersion second) {
        FaultyEngine counting = FaultyEngine.counting(stage.device());
        try (ReconcilingEdgeDeployer edge = stage.deployer(counting)) {
            Device device = edge.device("camera");
            if (each.deploysAgain) {
                Deployment now = edge.deploy(second, device, Stage.options());
                assertThat(now.modelVersionId()).isEqualTo(second.id());
            } else {
                edge.reconcile(device);
            }
            counting.forget();
            assertThat(edge.reconcile(device)).as("second pass").isEmpty();
            assertThat(counting.calls()).hasSizeLessThanOrEqualTo(3);
            assertClean(stage, edge, device);
        }
    }

    private static void assertClean(Stage stage, ReconcilingEdgeDeployer edge, Device device) {
        List<Deployment> inForce = edge.inForce(device);
        assertThat(inForce).hasSize(1);
        Deployment only = inForce.get(0);
        assertThat(stage.device().instances()).containsExactly(only.instance());
        assertThat(stage.device().artifacts())
                .containsExactly(stage.project().models().version(local(only)).digest());
        assertThat(stage.device().halfArtifacts()).isEmpty();
        assertThat(Endpoint.of(only).answers()).isTrue();
        assertThat(edge.history(device).stream())
                .filteredOn(other -> !other.id().equals(only.id()))
                .allMatch(other -> other.state().isTerminal());
    }

    private static String local(Deployment deployment) {
        return deployment.model().substring(deployment.model().indexOf('/') + 1);
    }
}
