package dev.mlops.api.run;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.page.Listing;
import dev.mlops.api.progress.Cancellation;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Experiments and runs of one project. Reading needs {@code read}, writing {@code edit}, deleting {@code delete}, on the
 * experiment or the project. Thread-safe.
 */
public interface RunTracker {
    /**
     * Makes an experiment.
     *
     * @throws AlreadyExistsException if the name is taken, also by a deleted one
     */
    Experiment createExperiment(ExperimentSpec spec);

    /** Makes an experiment with this name. */
    default Experiment createExperiment(String name) {
        return createExperiment(ExperimentSpec.of(name));
    }

    /** An experiment by name, also a deleted one. */
    Optional<Experiment> findExperiment(String name);

    /** Experiments that the caller may see, by name. */
    Listing<Experiment> experiments(LifecycleView view);

    /** Puts an experiment with its runs into the bin; nothing can be logged to them then. Idempotent. */
    Experiment deleteExperiment(String name);

    /** Takes an experiment with its runs out of the bin. Idempotent. */
    Experiment restoreExperiment(String name);

    /** Begins a run in an experiment, which is made if there is none with this name. */
    default ActiveRun start(String experiment) {
        return start(RunSpec.of(experiment));
    }

    /**
     * Begins a run.
     *
     * @throws ConflictException if the experiment is deleted
     */
    ActiveRun start(RunSpec spec);

    /** Goes on with a run that has not ended, also from another process. */
    ActiveRun resume(String runId);

    /**
     * Begins a run, calls {@code body} and ends the run: finished when the body returns, failed with its exception when
     * it throws, which is then thrown on as it is.
     *
     * @return the run as it ended
     * @throws X what the body throws
     */
    default <X extends Exception> Run track(String experiment, RunBody<X> body) throws X {
        return track(RunSpec.of(experiment), body);
    }

    /** Tracks a run as {@link #track(String, RunBody)} does, with more said about it. */
    <X extends Exception> Run track(RunSpec spec, RunBody<X> body) throws X;

    /**
     * A run by id, also a deleted one.
     *
     * @throws NotFoundException if there is none that the caller may see
     */
    Run run(String runId);

    /** A run with its parameters, tags, latest metrics, data sets and model versions. */
    RunData data(String runId);

    /** Runs that match a query. */
    Listing<RunData> search(RunQuery query);

    /** Every point of a metric of a run by step, then timestamp, then value; empty if it was never logged. */
    Listing<Metric> metricHistory(String runId, String key);

    /** The artifacts of a run, by path. */
    Listing<Artifact> artifacts(String runId);

    /**
     * Opens an artifact, verified while it is read.
     *
     * @throws NotFoundException if the run has none with this path
     */
    InputStream openArtifact(String runId, String path);

    /** Writes an artifact to a file, verified; the file appears whole or not at all, also when it is cancelled. */
    void downloadArtifact(String runId, String path, Path target, Cancellation cancellation);

    /** Writes an artifact to a file, verified; the file appears whole or not at all. */
    default void downloadArtifact(String runId, String path, Path target) {
        downloadArtifact(runId, path, target, new Cancellation());
    }

    /** Puts a run into the bin. Idempotent. */
    Run delete(String runId);

    /** Takes a run out of the bin. Idempotent. */
    Run restore(String runId);

    /**
     * Removes a deleted run for good, with its params, metrics, tags and artifacts. Bytes that others share stay.
     *
     * @throws ConflictException if it was not deleted before
     * @throws ResourceInUseException if model versions come from it, with which
     */
    void purge(String runId);

    /** What is done in a tracked run. */
    @FunctionalInterface
    interface RunBody<X extends Exception> {
        /** Does it. */
        void run(ActiveRun run) throws X;
    }
}
