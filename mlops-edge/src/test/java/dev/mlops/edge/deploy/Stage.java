package dev.mlops.edge.deploy;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.testkit.edge.Versions;
import dev.mlops.testkit.fixture.Scene;
import java.nio.file.Path;
import java.time.Duration;

/** A project of its own with a fake device, for one test. */
record Stage(Project project, Versions versions, FakeDevice device) implements AutoCloseable {
    static final Duration CLAIM = Duration.ofMillis(100);
    static final String MODEL = "relu";

    static Stage set(Mlops mlops, Path directory) {
        return new Stage(mlops.projects().create(Scene.freshName()), new Versions(directory), new FakeDevice());
    }

    /** A new deployer, as a new process would make one. */
    ReconcilingEdgeDeployer deployer() {
        return deployer(device);
    }

    ReconcilingEdgeDeployer deployer(DeviceEngine engine) {
        return builder(engine).build();
    }

    ReconcilingEdgeDeployer.Builder builder(DeviceEngine engine) {
        return ReconcilingEdgeDeployer.builder(project)
                .engine(engine)
                .claim(CLAIM)
                .ports(45_000, 48_999)
                .probe(2, Duration.ofMillis(5))
                .stopGrace(Duration.ofMillis(100));
    }

    ModelVersion version() {
        return versions.working(project, MODEL);
    }

    static DeployOptions options() {
        return DeployOptions.builder().readyTimeout(Duration.ofMillis(400)).build();
    }

    @Override
    public void close() {
        device.close();
    }
}
