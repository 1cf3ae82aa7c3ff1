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
import dev.mlops.onnx.batching.BatchOptions;
import dev.mlops.onnx.metrics.InferenceMetrics;
import dev.mlops.onnx.model.BoundRun;
import dev.mlops.onnx.model.OnnxModel;
import dev.mlops.onnx.model.Result;
import dev.mlops.onnx.model.RunLimits;
import dev.mlops.onnx.model.Tensor;
import dev.mlops.onnx.routing.ModelRouter;
import dev.mlops.onnx.routing.ShadowOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

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
        System.out.println(datasets.diff(before, after)); // in time proportional to the difference
        System.out.println(mlops.storage().usage()); // bytes that versions share are stored once, of large files too
        Branches branches = datasets.branches("digits-png"); // a colleague proposes a change
        branches.create("no-blur", after);
        datasets.materialise(after, checkout); // writes only what is missing or differs
        PublishOptions there = PublishOptions.builder().branch("no-blur").build();
        datasets.publish("digits-png", checkout, there);
        Contribution proposal = branches.propose("no-blur", Branch.MAIN, "Without the blurred ones", "");
        branches.accept(proposal.number(), MergeOptions.DEFAULTS); // a three-way merge
        DatasetVersion merged = datasets.version("digits-png@main");
        SampleOptions shuffled = SampleOptions.builder().seed(42).build();
        try (Samples samples = datasets.samples(merged, shuffled)) {
            samples.forEachRemaining(sample -> learner.learn(sample.entry(), sample.bytes())); // read ahead
        }
        // end::versions[]
        System.out.println(mlops.storage().scrub(ScrubOptions.full())); // damage, and the files that it hurts;
        datasets.publish("digits-png", checkout, PublishOptions.defaults()); // publishing the same files again mends it
        return merged;
    }

    /** Answers one row, three times; the second model takes the place of the first meanwhile. */
    static float[] inference(Path first, Path second, float[] row, InferenceMetrics metrics) {
        float[] answer = new float[row.length];
        // tag::inference[]
        try (OnnxModel model = OnnxModel.load(first);
                BoundRun run = model.bind(1, 3)) { // memory for one row, made once; for one thread at a time
            run.input("x").floats().put(0, row); // where ONNX Runtime reads
            run.run(RunLimits.within(Duration.ofSeconds(1))); // or run(): no garbage on Java 22 and later
            run.output("y").floats().get(0, answer); // where it writes
        }
        BatchOptions options = BatchOptions.builder().metrics(metrics).build(); // counts, times; Micrometer too
        try (ModelRouter router = ModelRouter.batching(OnnxModel.load(first), options)) {
            router.shadow(() -> OnnxModel.load(second), ShadowOptions.DEFAULT); // runs again what was answered
            CompletableFuture<Result> result = router.submit(Map.of("x", Tensor.floats(row, 1, 3))); // in a batch
            router.swap(() -> OnnxModel.load(second)); // checked, warmed up; no request fails or is lost
            System.out.println(result.join());
        }
        // end::inference[]
        return answer;
    }
}
