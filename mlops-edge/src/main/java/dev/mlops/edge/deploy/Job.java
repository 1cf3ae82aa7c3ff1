package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.device.InstanceSpec;
import java.util.Map;

/** A deployment with all that is needed to bring its instance up. */
record Job(
        Target target,
        Deployment deployment,
        ModelVersion version,
        InstanceOptions options,
        ProgressListener progress,
        Cancellation cancellation) {
    Job with(Deployment changed) {
        return new Job(target, changed, version, options, progress, cancellation);
    }

    void checkCancelled() {
        cancellation.check(
                "deployment %d of %s on %s".formatted(deployment.number(), deployment.model(), deployment.device()));
    }

    InstanceSpec spec() {
        return new InstanceSpec(
                deployment.instance(),
                target.owner(),
                version.digest(),
                Artifacts.modelFile(version),
                deployment.modelName(),
                version.version(),
                deployment.port(),
                options.resources(),
                options.environment(),
                Map.of(
                        "dev.mlops.edge.device", deployment.device(),
                        "dev.mlops.edge.deployment", deployment.id(),
                        "dev.mlops.edge.revision", Long.toString(deployment.number()),
                        "dev.mlops.edge.model", deployment.model()));
    }
}
