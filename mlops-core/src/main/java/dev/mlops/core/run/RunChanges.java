package dev.mlops.core.run;

import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Runs and experiments with something changed. */
final class RunChanges {
    private RunChanges() {}

    static Run end(Run run, RunStatus status, Instant at, @Nullable String failure) {
        return new Run(
                run.id(),
                run.projectId(),
                run.experimentId(),
                run.experiment(),
                run.name(),
                status,
                run.lifecycle(),
                run.startedBy(),
                run.startedAt(),
                at,
                failure);
    }

    static Run move(Run run, Lifecycle lifecycle) {
        return new Run(
                run.id(),
                run.projectId(),
                run.experimentId(),
                run.experiment(),
                run.name(),
                run.status(),
                lifecycle,
                run.startedBy(),
                run.startedAt(),
                run.endedAt(),
                run.failure());
    }

    static Experiment move(Experiment experiment, Lifecycle lifecycle) {
        return new Experiment(
                experiment.id(),
                experiment.projectId(),
                experiment.name(),
                experiment.description(),
                lifecycle,
                experiment.createdBy(),
                experiment.createdAt());
    }
}
