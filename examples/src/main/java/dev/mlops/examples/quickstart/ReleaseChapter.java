package dev.mlops.examples.quickstart;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.ApplicationVersionSpec;
import dev.mlops.api.release.Applications;
import dev.mlops.api.release.Pin;
import dev.mlops.api.release.Release;
import dev.mlops.api.release.ReleaseOptions;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An application is released with a model and its data, updated, and rolled back; everything moves together. */
final class ReleaseChapter {
    static final String APPLICATION = "digit-reader";
    static final Alias PRODUCTION = Alias.of("production");

    private final Project project;
    private final Applications applications;
    private final Story story;

    ReleaseChapter(Project project, Story story) {
        this.project = project;
        this.applications = project.applications();
        this.story = story;
    }

    List<Release> tell(ModelVersion first, ModelVersion second, DatasetVersion data) {
        story.chapter("Releases");
        story.say(
                "The application '%s' is tied to versions of models and data. A release moves them and the alias '%s'"
                        + " in one transaction; a rollback brings all of them back.",
                APPLICATION, PRODUCTION);
        story.pause();
        story.row("%-11s %-26s %-42s %s", "", "version", "made of", "alias " + PRODUCTION);
        Release release = show(applications.release(version(first, data, "the first that works"), options()));
        ApplicationVersion better = version(second, data, "the champion");
        Release update = show(applications.release(better, options()));
        Release rollback = show(applications.rollback(update));
        return List.of(release, update, rollback);
    }

    private ApplicationVersion version(ModelVersion model, DatasetVersion data, String comment) {
        return applications.createVersion(
                APPLICATION,
                ApplicationVersionSpec.builder()
                        .model(model)
                        .dataset(data)
                        .comment(comment)
                        .build());
    }

    private static ReleaseOptions options() {
        return ReleaseOptions.builder().alias(PRODUCTION.name()).build();
    }

    private Release show(Release release) {
        ApplicationVersion version = release.version();
        String made = Stream.concat(version.models().stream(), version.datasets().stream())
                .map(Pin::reference)
                .collect(Collectors.joining(" + "));
        String kind = release.kind() == Release.Kind.RELEASE ? "release " : "rollback ";
        story.row(
                "%-11s %-26s %-42s → %s",
                kind + release.number(),
                version.reference(),
                made,
                project.models().aliases(ModelChapter.MODEL).get(PRODUCTION));
        return release;
    }
}
