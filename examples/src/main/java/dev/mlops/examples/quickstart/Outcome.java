package dev.mlops.examples.quickstart;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.lineage.LineageGraph;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.release.Release;
import java.util.List;

/**
 * What came of the story.
 *
 * @param data the data set version that was published
 * @param candidates the models that were trained
 * @param champion the model version at which the alias {@code champion} stands
 * @param accuracy the champion's accuracy on the test split
 * @param deployment the champion on its device
 * @param readRightly how many images the device read rightly over HTTP
 * @param asked how many images it was sent
 * @param releases the release, the update and the rollback
 * @param lineage where the deployment comes from
 */
public record Outcome(
        DatasetVersion data,
        List<Candidate> candidates,
        ModelVersion champion,
        double accuracy,
        Deployment deployment,
        int readRightly,
        int asked,
        List<Release> releases,
        LineageGraph lineage) {
    /** Copies the lists. */
    public Outcome {
        candidates = List.copyOf(candidates);
        releases = List.copyOf(releases);
    }
}
