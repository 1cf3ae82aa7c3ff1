package dev.mlops.examples;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.ApplicationVersionSpec;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Applications: models and data are released together, updated together, and rolled back together. */
public final class ReleaseApplications {
    private static final String APPLICATION = "door";
    private static final String ALIAS = "live";

    private ReleaseApplications() {}

    /** Runs it; the optional argument is a directory to keep everything in. */
    public static void main(String[] args) {
        Programs.run(out -> {
            try (Mlops mlops = Programs.open(args, out)) {
                run(mlops.projects().openOrCreate("releases"), Programs.temporaryDirectory(), out);
            }
        });
    }

    static Outcome run(Project project, Path work, PrintStream out) {
        Applications applications = project.applications();
        ApplicationVersion one = version(applications, model(project, work, 0), data(project, "ann"));
        ApplicationVersion two = version(applications, model(project, work, 1), data(project, "ann,ben"));

        Release first = applications.release(one, options().build());
        Release second =
                applications.release(two, options().expectedCurrent(first).build());
        out.println(second);
        String conflict = late(applications, one, first);
        out.println("refused: " + conflict);

        Release rollback = applications.rollback(second);
        out.println(rollback);
        ModelVersion live = project.models().version("lock@" + ALIAS);
        out.println("lock@live is " + live);
        return new Outcome(
                first,
                second,
                rollback,
                conflict,
                live,
                applications.releases(APPLICATION).toList());
    }

    /** One who has not seen the second release is told instead of undoing it. */
    private static String late(Applications applications, ApplicationVersion version, Release seen) {
        try {
            applications.release(version, options().expectedCurrent(seen).build());
            return "";
        } catch (ConflictException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static ReleaseOptions.Builder options() {
        return ReleaseOptions.builder().alias(ALIAS);
    }

    private static ApplicationVersion version(Applications applications, ModelVersion model, DatasetVersion data) {
        ApplicationVersionSpec spec =
                ApplicationVersionSpec.builder().model(model).dataset(data).build();
        return applications.createVersion(APPLICATION, spec);
    }

    private static ModelVersion model(Project project, Path work, float offset) {
        return project.models()
                .importVersion("lock", ImportSource.file(TinyModel.write(work.resolve("lock.onnx"), offset)));
    }

    private static DatasetVersion data(Project project, String names) {
        FileSource file = FileSource.of("people.csv", names.getBytes(StandardCharsets.UTF_8));
        return project.datasets().publish("people", List.of(file).iterator(), PublishOptions.defaults());
    }

    /** Two releases, the rollback, the refusal, where the alias stands at the end, and all releases, newest first. */
    record Outcome(
            Release first,
            Release second,
            Release rollback,
            String conflict,
            ModelVersion live,
            List<Release> releases) {}
}
