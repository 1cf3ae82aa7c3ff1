package dev.mlops.core.run;

import static java.util.Objects.requireNonNull;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A run whose metric points are gathered in a {@link MetricBuffer}. */
final class BufferedRun implements ActiveRun {
    private static final int MAX_FAILURE = 8_000;

    private final ProjectContext context;
    private final String id;
    private final RunGuard guard;
    private final RunEvents events;
    private final RunLog log;
    private final ArtifactUpload artifacts;
    private final MetricBuffer buffer;
    private final Runnable unregister;
    private final Object ending = new Object();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Run ended;

    BufferedRun(ProjectContext context, String id, int bufferedPoints, Duration bufferedFor) {
        this.context = context;
        this.id = id;
        this.guard = new RunGuard(context);
        this.events = new RunEvents(context);
        this.log = new RunLog(context, id);
        this.artifacts = new ArtifactUpload(context, id);
        this.buffer = new MetricBuffer(bufferedPoints, bufferedFor, context.background(), log::metrics);
        this.unregister = context.store().closeWithStore(this::flushForGood);
    }

    /** When the SDK is closed the points are written, but the run may go on elsewhere. */
    private void flushForGood() {
        try {
            buffer.flush();
        } finally {
            buffer.abandon();
        }
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Run run() {
        return context.read(tx -> guard.run(tx, id, Privilege.READ));
    }

    @Override
    public void params(Map<String, ?> params) {
        log.params(params);
    }

    @Override
    public void tag(String key, String value) {
        log.tag(key, value);
    }

    @Override
    public void removeTag(String key) {
        log.removeTag(key);
    }

    @Override
    public void metric(String key, double value, long step) {
        metrics(List.of(new Metric(key, value, step, context.now())));
    }

    @Override
    public void metrics(Collection<Metric> metrics) {
        buffer.add(metrics);
    }

    @Override
    public void flush() {
        buffer.flush();
    }

    @Override
    public void artifact(String path, Path source, ProgressListener progress, Cancellation cancellation) {
        artifacts.upload(path, source, progress, cancellation);
    }

    @Override
    public void artifact(String path, InputStream bytes) {
        artifacts.upload(path, bytes);
    }

    @Override
    public void uses(DatasetVersion version, DatasetUse.Role role, Optional<String> split) {
        log.uses(version, role, split);
    }

    @Override
    public Run finish() {
        return end(RunStatus.FINISHED, null);
    }

    @Override
    public Run fail(Throwable cause) {
        String text = cause.toString().replace('\0', ' ');
        return end(RunStatus.FAILED, text.length() > MAX_FAILURE ? text.substring(0, MAX_FAILURE) : text);
    }

    @Override
    public Run kill() {
        return end(RunStatus.KILLED, null);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        try {
            buffer.flush();
            if (ended == null && isActive()) {
                end(RunStatus.KILLED, null);
            }
        } finally {
            release();
        }
    }

    private boolean isActive() {
        try {
            Run run = run();
            return !run.status().isTerminal()
                    && run.lifecycle() == Lifecycle.ACTIVE
                    && !context.<Boolean>read(tx -> guard.isExperimentDeleted(tx, run));
        } catch (NotFoundException purged) {
            return false;
        }
    }

    /** While a run ends no more points are taken, so that none is taken that can never be written. */
    private Run end(RunStatus status, @Nullable String failure) {
        synchronized (ending) {
            buffer.refuse(() -> new ConflictException("run %s is being ended as %s".formatted(id, status)));
            try {
                buffer.flush();
                Instant now = context.now();
                ended = context.<Run>write(tx -> end(tx, status, failure, now));
            } finally {
                refuseOrReopen();
            }
            release();
            return requireNonNull(ended);
        }
    }

    private void refuseOrReopen() {
        Run before = ended;
        if (before == null) {
            buffer.reopen();
        } else {
            buffer.refuse(() -> RunGuard.ended(before));
        }
    }

    private Run end(MetadataTransaction tx, RunStatus status, @Nullable String failure, Instant now) {
        Run run = guard.locked(tx, id, Privilege.EDIT);
        if (run.status() == status) {
            return run;
        }
        guard.checkWritable(tx, run);
        Run after = RunChanges.end(run, status, now, failure);
        tx.runs().update(after);
        events.record(tx, EventKind.FINISHED, after, RunEvents.detail(run), RunEvents.detail(after));
        return after;
    }

    private void release() {
        unregister.run();
        buffer.abandon();
    }

    @Override
    public String toString() {
        return "active run " + id;
    }
}
