package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelRegistry;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunTracker;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.edge.deploy.ReconcilingEdgeDeployer;
import dev.mlops.embedded.EmbeddedMlops;
import java.nio.file.Path;

/** The program that the README shows. */
final class ReadmeExample {
    private ReadmeExample() {}

    /** What the program trains: whatever can learn for an epoch and write itself as an ONNX file. */
    interface Training {
        /** Learns for one epoch and returns the accuracy after it. */
        double epoch();

        /** Writes the model. */
        Path save();
    }

    static LineageGraph run(Path directory, Path images, Training training, DeviceEngine engine) {
        // tag::readme[]
        try (Mlops mlops = EmbeddedMlops.open(directory)) { // SQLite and files, nothing to install
            Project digits = mlops.projects().openOrCreate("digits");

            Split split = Split.ratio("train", 0.8).and("test", 0.2).seed(42);
            PublishOptions options = PublishOptions.builder().split(split).build();
            DatasetVersion data = digits.datasets().publish("digits-png", images, options);

            RunTracker runs = digits.runs();
            Run run = runs.track("softmax", active -> {
                active.uses(data, "train");
                active.param("learning-rate", 0.1);
                for (int epoch = 1; epoch <= 10; epoch++) {
                    active.metric("accuracy", training.epoch(), epoch);
                }
                active.artifact("model.onnx", training.save());
            }); // finished, or failed with what was thrown

            ModelRegistry models = digits.models();
            ModelVersion model = models.importVersion("digits", ImportSource.runArtifact(run.id(), "model.onnx"));
            models.setAlias(model, "champion");

            try (EdgeDeployer edge = ReconcilingEdgeDeployer.of(digits, engine)) { // Docker, or this process
                Deployment deployment = edge.deploy(ModelRef.parse("digits@champion"), edge.register("camera-1"));
                System.out.println(deployment.endpoint()); // http://127.0.0.1:49152/v2/models/digits/infer
                return digits.lineage().upstreamOf(deployment); // back to the image files
            }
        }
        // end::readme[]
    }
}
