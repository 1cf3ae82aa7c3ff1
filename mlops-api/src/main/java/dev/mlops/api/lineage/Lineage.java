package dev.mlops.api.lineage;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.Run;

/**
 * Where things come from and what came of them, across projects; only what the caller may see, and what is reached
 * through it. Thread-safe.
 */
public interface Lineage {
    /**
     * Everything that a thing comes from, or that came of it.
     *
     * @throws NotFoundException if there is no such thing that the caller may see
     */
    LineageGraph of(LineageKind kind, String id, LineageDirection direction);

    /** What a data set version comes from. */
    default LineageGraph upstreamOf(DatasetVersion version) {
        return of(LineageKind.DATASET_VERSION, version.id(), LineageDirection.UPSTREAM);
    }

    /** What a run used. */
    default LineageGraph upstreamOf(Run run) {
        return of(LineageKind.RUN, run.id(), LineageDirection.UPSTREAM);
    }

    /** What a model version was made from. */
    default LineageGraph upstreamOf(ModelVersion version) {
        return of(LineageKind.MODEL_VERSION, version.id(), LineageDirection.UPSTREAM);
    }

    /** What a release holds and where that came from. */
    default LineageGraph upstreamOf(Release release) {
        return of(LineageKind.RELEASE, release.id(), LineageDirection.UPSTREAM);
    }

    /** What a deployment runs and where that came from. */
    default LineageGraph upstreamOf(Deployment deployment) {
        return of(LineageKind.DEPLOYMENT, deployment.id(), LineageDirection.UPSTREAM);
    }

    /** What came of a data set version: versions made from it, runs, models, releases, deployments. */
    default LineageGraph downstreamOf(DatasetVersion version) {
        return of(LineageKind.DATASET_VERSION, version.id(), LineageDirection.DOWNSTREAM);
    }

    /** What came of a run. */
    default LineageGraph downstreamOf(Run run) {
        return of(LineageKind.RUN, run.id(), LineageDirection.DOWNSTREAM);
    }

    /** Where a model version was released and deployed. */
    default LineageGraph downstreamOf(ModelVersion version) {
        return of(LineageKind.MODEL_VERSION, version.id(), LineageDirection.DOWNSTREAM);
    }

    /** What came of a release. */
    default LineageGraph downstreamOf(Release release) {
        return of(LineageKind.RELEASE, release.id(), LineageDirection.DOWNSTREAM);
    }
}
