package dev.mlops.core.run;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Optional;

/** Finds experiments and runs of the project for a caller who may do with them what he is about to. Thread-safe. */
final class RunGuard {
    private final ProjectContext context;

    RunGuard(ProjectContext context) {
        this.context = context;
    }

    /** An experiment, also a deleted one. */
    Experiment experiment(MetadataTransaction tx, String name, Privilege privilege) {
        Experiment experiment = tx.experiments()
                .find(context.projectId(), name)
                .orElseThrow(() -> context.notFound(describeExperiment(name)));
        require(tx, privilege, experiment);
        return experiment;
    }

    void require(MetadataTransaction tx, Privilege privilege, Experiment experiment) {
        context.require(tx, privilege, Asset.experiment(experiment.id()), describeExperiment(experiment.name()));
    }

    /** A run, also a deleted one. */
    Run run(MetadataTransaction tx, String id, Privilege privilege) {
        return permitted(tx, tx.runs().find(id), id, privilege);
    }

    /** A run that nobody else ends or deletes until the end of the transaction. */
    Run locked(MetadataTransaction tx, String id, Privilege privilege) {
        return permitted(tx, tx.runs().lock(id), id, privilege);
    }

    /**
     * A locked run to which something can be logged.
     *
     * @throws NotFoundException if there is none that the caller may see
     * @throws AccessDeniedException if the caller may not edit it
     * @throws ConflictException if it has ended, or it or its experiment was deleted
     */
    Run writable(MetadataTransaction tx, String id) {
        return checkWritable(tx, locked(tx, id, Privilege.EDIT));
    }

    /** The run, if something can be logged to it; throws {@link ConflictException} if not. */
    Run checkWritable(MetadataTransaction tx, Run run) {
        if (run.status().isTerminal()) {
            throw ended(run);
        }
        if (run.lifecycle() == Lifecycle.DELETED) {
            throw new ConflictException("run '%s' (%s) is deleted (it was %s); restore it first"
                    .formatted(run.name(), run.id(), run.status()));
        }
        if (isExperimentDeleted(tx, run)) {
            throw new ConflictException("run '%s' (%s) is %s, but its experiment '%s' is deleted; restore that first"
                    .formatted(run.name(), run.id(), run.status(), run.experiment()));
        }
        return run;
    }

    boolean isExperimentDeleted(MetadataTransaction tx, Run run) {
        return tx.experiments()
                .findById(run.experimentId())
                .filter(experiment -> experiment.lifecycle() == Lifecycle.DELETED)
                .isPresent();
    }

    static ConflictException ended(Run run) {
        return new ConflictException("run '%s' (%s) is %s; nothing can be logged to a run that has ended"
                .formatted(run.name(), run.id(), run.status()));
    }

    String describeExperiment(String name) {
        return "experiment '%s' in project '%s'"
                .formatted(name, context.project().name());
    }

    private Run permitted(MetadataTransaction tx, Optional<Run> found, String id, Privilege privilege) {
        Run run = found.filter(one -> one.projectId().equals(context.projectId()))
                .orElseThrow(() -> context.notFound(describeRun(id)));
        context.require(tx, privilege, Asset.experiment(run.experimentId()), describeRun(id));
        return run;
    }

    private String describeRun(String id) {
        return "run '%s' in project '%s'".formatted(id, context.project().name());
    }
}
