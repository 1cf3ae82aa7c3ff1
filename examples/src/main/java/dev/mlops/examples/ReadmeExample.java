package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.content.Storage.ScrubOptions;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MergeOptions;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
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

/** The programs that the README shows. */
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

    /** What the second program trains with. */
    interface Learner {
        /** Takes a picture. */
        void learn(FileEntry file, byte[] bytes);
    }

    static DatasetVersion versions(Mlops mlops, Path images, Path checkout, Learner learner) {
        // tag::versions[]
        DatasetStore datasets = mlops.projects().open("digits").datasets();
        DatasetVersion before = datasets.version("digits-png");
        DatasetVersion after = datasets.publish("digits-png", images, PublishOptions.message("12 retaken"));
        System.out.println(datasets.diff(before, after)); // what differs, in time proportional to the difference
        System.out.println(mlops.storage().usage()); // bytes that versions share are stored once, of large files too
        System.out.println(datasets.describe(after)); // types, sizes of images, durations, columns of tables

        Branches branches = datasets.branches("digits-png"); // a colleague proposes a change
        branches.create("no-blur", after);
        datasets.materialise(after, checkout); // writes only what is missing or differs
        datasets.publish(
                "digits-png",
                checkout,
                PublishOptions.builder().branch("no-blur").build());
        Contribution proposal = branches.propose("no-blur", Branch.MAIN, "Without the blurred ones", "");
        branches.accept(proposal.number(), MergeOptions.DEFAULTS); // a three-way merge

        DatasetVersion merged = datasets.version("digits-png@main");
        try (Samples samples =
                datasets.samples(merged, SampleOptions.builder().seed(42).build())) {
            samples.forEachRemaining(sample -> learner.learn(sample.entry(), sample.bytes())); // read ahead
        }
        // end::versions[]
        System.out.println(mlops.storage().scrub(ScrubOptions.full())); // damage, and the files that it hurts;
        datasets.publish("digits-png", checkout, PublishOptions.defaults()); // publishing the same files again mends it
        return merged;
    }
}
