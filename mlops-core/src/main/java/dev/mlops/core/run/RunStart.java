package dev.mlops.core.run;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Begins runs, and makes experiments on the way. Thread-safe. */
final class RunStart {
    private static final int MAX_NAME = 250;
    private static final int ATTEMPTS = 5;

    private final ProjectContext context;
    private final RunGuard guard;
    private final RunEvents events;

    RunStart(ProjectContext context) {
        this.context = context;
        this.guard = new RunGuard(context);
        this.events = new RunEvents(context);
    }

    /** Begins a run and gives its id; if another makes the experiment at the same time, that one is taken. */
    String start(RunSpec spec) {
        for (int attempt = 1; ; attempt++) {
            try {
                return context.<String>write(
                        tx -> context.once(tx, spec.idempotencyKey(), "run", arguments(spec), () -> insert(tx, spec)));
            } catch (ExperimentRace race) {
                if (attempt == ATTEMPTS) {
                    throw new ConflictException(
                            "experiment '%s' is made and removed all the time; try again".formatted(spec.experiment()),
                            race);
                }
            }
        }
    }

    private static String arguments(RunSpec spec) {
        return "%s\0%s\0%s\0%s".formatted(spec.experiment(), spec.name(), new TreeMap<>(spec.tags()), spec.startedAt());
    }

    private String insert(MetadataTransaction tx, RunSpec spec) {
        Experiment experiment = experimentFor(tx, spec.experiment());
        Instant now = context.now();
        Run run = new Run(
                context.newId(),
                context.projectId(),
                experiment.id(),
                experiment.name(),
                spec.name().orElseGet(() -> automaticName(tx, experiment)),
                RunStatus.RUNNING,
                Lifecycle.ACTIVE,
                context.principal().name(),
                spec.startedAt().orElse(now),
                null,
                null);
        tx.runs().insert(run);
        if (!spec.tags().isEmpty()) {
            tx.runs().setTags(run.id(), spec.tags());
        }
        events.record(tx, EventKind.CREATED, run, null, withTags(RunEvents.detail(run), spec.tags()));
        return run.id();
    }

    private static Map<String, ?> withTags(Map<String, Object> detail, Map<String, String> tags) {
        if (!tags.isEmpty()) {
            detail.put("tags", tags);
        }
        return detail;
    }

    private static String automaticName(MetadataTransaction tx, Experiment experiment) {
        String number = "-" + tx.experiments().nextRunNumber(experiment.id());
        String name = experiment.name();
        return name.substring(0, Math.min(name.length(), MAX_NAME - number.length())) + number;
    }

    private Experiment experimentFor(MetadataTransaction tx, String name) {
        Optional<Experiment> found = tx.experiments().find(context.projectId(), name);
        if (found.isEmpty()) {
            return insertInRace(tx, name);
        }
        guard.require(tx, Privilege.EDIT, found.get());
        if (found.get().lifecycle() == Lifecycle.DELETED) {
            throw new ConflictException(
                    guard.describeExperiment(name) + " is deleted; restore it first or choose another name");
        }
        return found.get();
    }

    private Experiment insertInRace(MetadataTransaction tx, String name) {
        try {
            return insertExperiment(tx, name, "");
        } catch (AlreadyExistsException e) {
            throw new ExperimentRace(e);
        }
    }

    /** Makes an experiment; {@link AlreadyExistsException} if the name is taken. */
    Experiment insertExperiment(MetadataTransaction tx, String name, String description) {
        context.requireOnProject(tx, Privilege.EDIT);
        Experiment experiment = new Experiment(
                context.newId(),
                context.projectId(),
                name,
                description,
                Lifecycle.ACTIVE,
                context.principal().name(),
                context.now());
        tx.experiments().insert(experiment);
        events.record(tx, EventKind.CREATED, experiment, null, RunEvents.detail(experiment));
        return experiment;
    }

    /** Another transaction made the experiment first; this one must be begun anew to see it. */
    private static final class ExperimentRace extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ExperimentRace(AlreadyExistsException cause) {
            super(cause);
        }
    }
}
