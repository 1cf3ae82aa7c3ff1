package dev.mlops.edge.deploy;

import dev.mlops.api.Mlops;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.edge.deploy.FaultyEngine.Moment;
import dev.mlops.embedded.EmbeddedMlops;
import dev.mlops.onnx.device.InProcessEngine;
import java.nio.file.Path;
import java.time.Duration;

/** A process that deploys, and says and waits at one call to its engine, to be killed there. */
final class KilledDeployer {
    static final String WAITING = "waiting to be killed";
    static final String DONE = "deployed";
    static final Duration CLAIM = Duration.ofSeconds(1);

    private KilledDeployer() {}

    public static void main(String[] arguments) {
        Path home = Path.of(arguments[0]);
        int call = Integer.parseInt(arguments[3]);
        Moment moment = Moment.valueOf(arguments[4]);
        try (Mlops mlops = EmbeddedMlops.open(home.resolve("store"));
                InProcessEngine engine = InProcessEngine.open(home.resolve("device"))) {
            Project project = mlops.projects().open(arguments[1]);
            FaultyEngine faulty = new FaultyEngine(engine, call, moment, KilledDeployer::waitToBeKilled);
            try (ReconcilingEdgeDeployer edge = deployer(project, faulty)) {
                edge.deploy(project.models().version(ModelRef.parse(arguments[2])), edge.device("camera"), options());
            }
        }
        System.out.println(DONE);
    }

    static ReconcilingEdgeDeployer deployer(Project project, DeviceEngine engine) {
        return ReconcilingEdgeDeployer.builder(project)
                .engine(engine)
                .claim(CLAIM)
                .ports(40_000, 40_999)
                .probe(1, Duration.ofMillis(20))
                .build();
    }

    static DeployOptions options() {
        return DeployOptions.builder()
                .resources(new Resources(64L << 20, 1, 64))
                .build();
    }

    private static void waitToBeKilled() {
        System.out.println(WAITING);
        System.out.flush();
        try {
            Thread.sleep(Duration.ofMinutes(2).toMillis());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
