package dev.mlops.edge.docker;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.edge.deploy.ReconcilingEdgeDeployer;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.testkit.edge.EdgeDeployerContract;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every deployer keeps, on a real Docker Engine with the real model server in its containers. */
@Timeout(180)
class DockerEdgeDeployerIT extends EdgeDeployerContract {
    @TempDir
    static Path directory;

    private static Mlops mlops;
    private static DeviceEngine engine;

    @BeforeAll
    static void open() {
        engine = RealEngine.withModelServer();
        mlops = EmbeddedMlops.open(directory);
    }

    @AfterAll
    static void close() {
        if (mlops != null) {
            engine.close();
            mlops.close();
        }
    }

    @Override
    protected Mlops mlops() {
        return mlops;
    }

    @Override
    protected EdgeDeployer deployer(Project project) {
        return ReconcilingEdgeDeployer.builder(project)
                .engine(engine)
                .stopGrace(Duration.ofSeconds(2))
                .build();
    }
}
