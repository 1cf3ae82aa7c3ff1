package dev.mlops.edge.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.edge.deploy.FaultyEngine.Moment;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.device.InProcessEngine;
import dev.mlops.testkit.edge.Endpoint;
import dev.mlops.testkit.edge.Versions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that deploys is killed for real; the next one mends what it left. */
class KilledProcessTest {
    private static final String MODEL = "relu";

    @TempDir
    Path home;

    // The calls of an update over a device whose process restarted: list, create and start of the old version, then
    // info, ensureArtifact, create and start of the new one, then the tidying.
    @ParameterizedTest
    @CsvSource({"3, AFTER", "5, AFTER", "6, AFTER", "7, AFTER", "9, AFTER"})
    void theNextProcessMendsWhatAKilledOneLeft(int call, Moment moment) throws Exception {
        String next = deployTheFirstVersion();

        killAt(next, call, moment);

        try (Mlops mlops = EmbeddedMlops.open(home.resolve("store"));
                InProcessEngine engine = InProcessEngine.open(home.resolve("device"))) {
            Project project = mlops.projects().open("vision");
            try (ReconcilingEdgeDeployer edge = KilledDeployer.deployer(project, engine)) {
                Device device = edge.device("camera");
                assertThat(edge.inForce(device)).hasSize(1);

                Deployment deployment = edge.deploy(project.models().version(next), device, KilledDeployer.options());

                Endpoint.of(deployment).assertAnswers("2");
                assertThat(edge.reconcile(device)).isEmpty();
                assertThat(edge.inForce(device)).extracting(Deployment::id).containsExactly(deployment.id());
                assertThat(edge.history(device).stream())
                        .filteredOn(other -> !other.id().equals(deployment.id()))
                        .extracting(Deployment::state)
                        .containsOnly(DeploymentState.SUPERSEDED);
                assertThat(engine.list(Names.owner(device))).hasSize(1);
                assertThat(artifacts()).isEqualTo(1);
            }
        }
    }

    private String deployTheFirstVersion() {
        try (Mlops mlops = EmbeddedMlops.open(home.resolve("store"));
                InProcessEngine engine = InProcessEngine.open(home.resolve("device"))) {
            Project project = mlops.projects().create("vision");
            Versions versions = new Versions(home);
            ModelVersion first = versions.working(project, MODEL);
            try (ReconcilingEdgeDeployer edge = KilledDeployer.deployer(project, engine)) {
                edge.deploy(first, edge.register("camera"), KilledDeployer.options());
            }
            return MODEL + ":" + versions.working(project, MODEL).version();
        }
    }

    private void killAt(String version, int call, Moment moment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        KilledDeployer.class.getName(),
                        home.toString(),
                        "vision",
                        version,
                        Integer.toString(call),
                        moment.name())
                .redirectErrorStream(true);
        // Not as an argument: ONNX Runtime 1.29 matches the command line with a recursive expression, and a long one
        // overflows the stack.
        builder.environment()
                .put(
                        "CLASSPATH",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        Process child = builder.start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = output.lines()
                    .takeWhile(line -> !line.equals(KilledDeployer.WAITING))
                    .toList();
            if (!child.isAlive()) {
                throw new AssertionError("ended with " + child.exitValue() + ":\n" + String.join("\n", lines));
            }
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private long artifacts() throws IOException {
        try (Stream<Path> found = Files.list(home.resolve("device").resolve("artifacts"))) {
            return found.filter(Files::isDirectory).count();
        }
    }
}
