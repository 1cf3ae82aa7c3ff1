package dev.mlops.examples.quickstart;

import dev.mlops.api.Mlops;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.Run;
import dev.mlops.examples.digits.Digit;
import dev.mlops.examples.digits.Recipe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The whole way of handwritten digits, from image files to a device and back. Each telling adds new versions. */
public final class DigitStory {
    private static final String QUESTION = "question.json";

    private final Project project;
    private final EdgeSite site;
    private final Story story;
    private final Path home;

    /**
     * Prepares the story.
     *
     * @param mlops where everything is kept; its project {@code digits} is made if there is none
     * @param site where models are deployed
     * @param story where it is told
     * @param home a directory for image files and downloads
     */
    public DigitStory(Mlops mlops, EdgeSite site, Story story, Path home) {
        this.project = mlops.projects().openOrCreate("digits");
        this.site = site;
        this.story = story;
        this.home = home;
    }

    /** Tells it and returns what came of it. */
    public Outcome tell() {
        begin();
        DatasetVersion data = new DataChapter(project, story, home.resolve(DataChapter.DATASET)).tell();
        Map<Recipe, Run> runs = new TrainingChapter(project, story, data).tell();
        ModelChapter models = new ModelChapter(project, story, data, home.resolve("downloads"));
        List<Candidate> candidates = models.register(runs);
        ModelVersion champion = models.promote(candidates);
        try (EdgeDeployer edge = site.deployer(project)) {
            DeviceChapter device = new DeviceChapter(edge, story, home.resolve(QUESTION));
            Deployment deployment = device.deploy(champion, site);
            List<Digit> test = models.testDigits();
            int right = device.ask(deployment, champion, test);
            List<Release> releases =
                    new ReleaseChapter(project, story).tell(candidates.get(0).version(), champion, data);
            LineageGraph lineage = lineage(deployment);
            end(deployment);
            int asked = DeviceChapter.images(test).size();
            double accuracy = models.score(champion);
            return new Outcome(data, candidates, champion, accuracy, deployment, right, asked, releases, lineage);
        }
    }

    private void begin() {
        story.title("Handwritten digits, from image files to a device and back");
        story.pause();
        story.say("Everything is kept in %s: metadata in SQLite, bytes in files. Nothing was installed.", home);
        long versions = project.datasets().find(DataChapter.DATASET).isEmpty()
                ? 0
                : project.datasets().versions(DataChapter.DATASET).stream().count();
        if (versions > 0) {
            story.say(
                    "This directory has been here before: %d version%s of the data %s in it. The story goes on with new"
                            + " versions; what is there stays as it is.",
                    versions, versions == 1 ? "" : "s", versions == 1 ? "is" : "are");
        }
    }

    private void end(Deployment deployment) {
        story.chapter("What to try next");
        if (site.outlivesProcess()) {
            story.say("The model on %s goes on serving when this program has ended:", deployment.device());
            story.row("  curl -d @%s %s", home.resolve(QUESTION), deployment.endpoint());
        } else {
            story.say(
                    "The model on %s is served until this program ends. In a container of a Docker Engine it goes on;"
                            + " this makes the image for it:",
                    deployment.device());
            story.row("  examples/runtime-image/build.sh");
        }
        story.say("Run this again: the directory is kept, and the story goes on.");
        story.say("Register and run a model of your own:");
        story.row("  java -cp examples/target/examples.jar dev.mlops.examples.OwnModel --model your.onnx");
        story.say("See one feature at a time, with TrackRuns, VersionData, RegisterModels, ShareProjects,"
                + " ReleaseApplications, FollowEvents, TraceLineage, RunOnnx or DeployInProcess:");
        story.row("  java -cp examples/target/examples.jar dev.mlops.examples.TrackRuns");
    }

    private LineageGraph lineage(Deployment deployment) {
        story.chapter("Lineage");
        story.say("Where does what runs on %s come from?", deployment.device());
        story.pause();
        LineageGraph lineage = project.lineage().upstreamOf(deployment);
        story.block(lineage.toString());
        return lineage;
    }
}
