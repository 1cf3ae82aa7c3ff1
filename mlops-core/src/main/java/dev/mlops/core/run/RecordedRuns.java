package dev.mlops.core.run;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.page.Listing;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.ExperimentSpec;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunTracker;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs that are kept in the metadata store, their artifacts in the content store. */
public final class RecordedRuns implements RunTracker {
    private static final RunSpec RESUMED = RunSpec.of("resumed");

    private final ProjectContext context;
    private final RunGuard guard;
    private final RunEvents events;
    private final RunStart starter;

    /** The runs of a project for a caller. */
    public RecordedRuns(ProjectContext context) {
        this.context = context;
        this.guard = new RunGuard(context);
        this.events = new RunEvents(context);
        this.starter = new RunStart(context);
    }

    @Override
    public Experiment createExperiment(ExperimentSpec spec) {
        return context.write(tx -> {
            context.requireOnProject(tx, Privilege.EDIT);
            String id = context.once(
                    tx,
                    spec.idempotencyKey(),
                    "experiment",
                    spec.name() + "\0" + spec.description(),
                    () -> insertExperiment(tx, spec));
            return tx.experiments()
                    .findById(id)
                    .orElseThrow(() -> context.notFound(guard.describeExperiment(spec.name())));
        });
    }

    private String insertExperiment(MetadataTransaction tx, ExperimentSpec spec) {
        if (tx.experiments().find(context.projectId(), spec.name()).isPresent()) {
            throw new AlreadyExistsException(guard.describeExperiment(spec.name()) + " exists already");
        }
        return starter.insertExperiment(tx, spec.name(), spec.description()).id();
    }

    @Override
    public Optional<Experiment> findExperiment(String name) {
        return context.read(tx -> tx.experiments()
                .find(context.projectId(), name)
                .filter(found -> context.may(tx, Privilege.READ, context.projectId(), Asset.experiment(found.id()))));
    }

    @Override
    public Listing<Experiment> experiments(LifecycleView view) {
        return Listing.of(request ->
                context.read(tx -> tx.experiments().list(context.projectId(), view, context.principal(), request)));
    }

    @Override
    public Experiment deleteExperiment(String name) {
        return moveExperiment(name, Lifecycle.DELETED, EventKind.DELETED);
    }

    @Override
    public Experiment restoreExperiment(String name) {
        return moveExperiment(name, Lifecycle.ACTIVE, EventKind.RESTORED);
    }

    private Experiment moveExperiment(String name, Lifecycle to, EventKind kind) {
        return context.write(tx -> {
            Experiment before = guard.experiment(tx, name, Privilege.DELETE);
            if (before.lifecycle() == to) {
                return before;
            }
            Experiment after = RunChanges.move(before, to);
            tx.experiments().update(after);
            events.record(tx, kind, after, RunEvents.detail(before), RunEvents.detail(after));
            return after;
        });
    }

    @Override
    public ActiveRun start(RunSpec spec) {
        return new BufferedRun(context, starter.start(spec), spec.bufferedPoints(), spec.bufferedFor());
    }

    @Override
    public ActiveRun resume(String runId) {
        context.read(tx -> guard.checkWritable(tx, guard.run(tx, runId, Privilege.EDIT)));
        return new BufferedRun(context, runId, RESUMED.bufferedPoints(), RESUMED.bufferedFor());
    }

    @Override
    public <X extends Exception> Run track(RunSpec spec, RunBody<X> body) throws X {
        try (ActiveRun active = start(spec)) {
            try {
                body.run(active);
            } catch (Throwable failure) {
                failAfter(active, failure);
                throw failure;
            }
            Run run = active.run();
            return run.status().isTerminal() ? run : active.finish();
        }
    }

    /** What the body threw matters most: what goes wrong now is only added to it. */
    private static void failAfter(ActiveRun active, Throwable failure) {
        try {
            active.fail(failure);
        } catch (RuntimeException another) {
            failure.addSuppressed(another);
        }
    }

    @Override
    public Run run(String runId) {
        return context.read(tx -> guard.run(tx, runId, Privilege.READ));
    }

    @Override
    public RunData data(String runId) {
        return context.read(tx -> {
            Run run = guard.run(tx, runId, Privilege.READ);
            return tx.runs().data(run.id()).orElseThrow();
        });
    }

    @Override
    public Listing<RunData> search(RunQuery query) {
        return Listing.of(request ->
                context.read(tx -> tx.runs().search(context.projectId(), query, context.principal(), request)));
    }

    @Override
    public Listing<Metric> metricHistory(String runId, String key) {
        return Listing.of(request -> context.read(tx -> {
            Run run = guard.run(tx, runId, Privilege.READ);
            return tx.metrics().history(run.id(), key, request);
        }));
    }

    @Override
    public Listing<Artifact> artifacts(String runId) {
        return Listing.of(request -> context.read(tx -> {
            Run run = guard.run(tx, runId, Privilege.READ);
            return tx.runs().artifacts(run.id(), "", request);
        }));
    }

    @Override
    public InputStream openArtifact(String runId, String path) {
        Artifact artifact = artifact(runId, path);
        try {
            return context.content().open(artifact.sha256());
        } catch (NotFoundException e) {
            throw lost(runId, artifact, e);
        }
    }

    @Override
    public void downloadArtifact(String runId, String path, Path target, Cancellation cancellation) {
        Artifact artifact = artifact(runId, path);
        try {
            context.content().copyTo(artifact.sha256(), target, cancellation);
        } catch (NotFoundException e) {
            throw lost(runId, artifact, e);
        }
    }

    private Artifact artifact(String runId, String path) {
        return context.read(tx -> {
            Run run = guard.run(tx, runId, Privilege.READ);
            return tx.runs()
                    .findArtifact(run.id(), path)
                    .orElseThrow(() -> new NotFoundException(
                            "run '%s' (%s) has no artifact '%s'".formatted(run.name(), run.id(), path)));
        });
    }

    private static IntegrityException lost(String runId, Artifact artifact, NotFoundException cause) {
        return new IntegrityException(
                "the bytes of artifact '%s' of run %s are missing: %s"
                        .formatted(artifact.path(), runId, cause.getMessage()),
                cause);
    }

    @Override
    public Run delete(String runId) {
        return moveRun(runId, Lifecycle.DELETED, EventKind.DELETED);
    }

    @Override
    public Run restore(String runId) {
        return moveRun(runId, Lifecycle.ACTIVE, EventKind.RESTORED);
    }

    private Run moveRun(String runId, Lifecycle to, EventKind kind) {
        return context.write(tx -> {
            Run before = guard.locked(tx, runId, Privilege.DELETE);
            if (before.lifecycle() == to) {
                return before;
            }
            Run after = RunChanges.move(before, to);
            tx.runs().update(after);
            events.record(tx, kind, after, RunEvents.detail(before), RunEvents.detail(after));
            return after;
        });
    }

    @Override
    public void purge(String runId) {
        context.write(tx -> {
            Run run = guard.locked(tx, runId, Privilege.DELETE);
            checkPurgeable(tx, run);
            tx.runs().purge(run.id());
            events.record(tx, EventKind.DESTROYED, run, RunEvents.detail(run), null);
            return Map.of();
        });
    }

    private void checkPurgeable(MetadataTransaction tx, Run run) {
        if (run.lifecycle() != Lifecycle.DELETED && !guard.isExperimentDeleted(tx, run)) {
            throw new ConflictException("run '%s' (%s) is %s and not deleted; delete it before it is purged"
                    .formatted(run.name(), run.id(), run.status()));
        }
        List<String> versions = tx.runs().modelVersions(run.id());
        if (!versions.isEmpty()) {
            List<String> users =
                    versions.stream().map(version -> "model version " + version).toList();
            throw new ResourceInUseException("run '%s' (%s)".formatted(run.name(), run.id()), users);
        }
    }
}
