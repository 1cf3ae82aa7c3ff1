package dev.mlops.edge.deploy;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.device.InProcessEngine;
import dev.mlops.testkit.edge.EdgeDeployerContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Real inferences over HTTP, on SQLite and files. */
class InProcessEdgeDeployerTest extends EdgeDeployerContract {
    @TempDir
    static Path store;

    private static Mlops mlops;
    private static InProcessEngine engine;

    @BeforeAll
    static void open() {
        mlops = EmbeddedMlops.open(store.resolve("store"));
        engine = InProcessEngine.open(store.resolve("device"));
    }

    @AfterAll
    static void close() {
        engine.close();
        mlops.close();
    }

    @Override
    protected Mlops mlops() {
        return mlops;
    }

    @Override
    protected EdgeDeployer deployer(Project project) {
        return ReconcilingEdgeDeployer.builder(project)
                .engine(engine)
                .probe(2, Duration.ofMillis(20))
                .ports(41_000, 44_999)
                .build();
    }

    @Override
    protected Resources resources() {
        return new Resources(64L << 20, 1, 64);
    }
}
