package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.ApplicationVersionSpec;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.Run;
import java.io.ByteArrayInputStream;
import java.io.PrintStream;
import java.util.List;

/** Lineage: from a release back to the data, and from the data to everything that came of it. */
public final class TraceLineage {
    private TraceLineage() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("lineage"), out);
            }
        });
    }

    static Outcome run(Project project, PrintStream out) {
        DatasetVersion data = project.datasets()
                .publish(
                        "rows",
                        List.of(FileSource.of("a.csv", new byte[] {'1'})).iterator(),
                        PublishOptions.builder()
                                .split(Split.byPath("train", "a.csv"))
                                .build());
        Run run = project.runs().track("fit", active -> {
            active.uses(data, "train");
            active.artifact("model.onnx", new ByteArrayInputStream(TinyModel.bytes(1)));
        });
        ModelVersion model = project.models().importVersion("fit", ImportSource.runArtifact(run.id(), "model.onnx"));
        ApplicationVersionSpec tied =
                ApplicationVersionSpec.builder().model(model).dataset(data).build();
        Release release = project.applications().release(project.applications().createVersion("app", tied));

        LineageGraph up = project.lineage().upstreamOf(release);
        out.println(up);
        out.println();
        LineageGraph down = project.lineage().downstreamOf(data);
        out.println(down);
        return new Outcome(data, run, model, release, up, down);
    }

    /** What was made, where the release comes from, and what came of the data. */
    record Outcome(
            DatasetVersion data, Run run, ModelVersion model, Release release, LineageGraph up, LineageGraph down) {}
}
