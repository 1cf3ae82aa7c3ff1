package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DeviceCheck.Item;
import dev.mlops.api.edge.DeviceCheck.Outcome;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.error.OutcomeUnknownException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.device.ModelArtifact;
import dev.mlops.core.context.ProjectContext;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one stored deployment from its first state to the end: each state is stored before its effect, and each effect
 * may be done again.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);
    private static final int LOG_LINES = 20;

    private final ProjectContext context;
    private final Journal journal;
    private final Launcher launcher;
    private final Probe probe;
    private final Mender mender;
    private final Duration claim;

    Delivery(ProjectContext context, Journal journal, Launcher launcher, Probe probe, Mender mender, Duration claim) {
        this.context = context;
        this.journal = journal;
        this.launcher = launcher;
        this.probe = probe;
        this.mender = mender;
        this.claim = claim;
    }

    /** Drives; gives the deployment in force. */
    Deployment drive(Job job) {
        Heartbeat heartbeat = Heartbeat.of(job.deployment(), journal, context, claim);
        Deployment committed;
        try {
            committed = steps(job);
        } catch (RuntimeException e) {
            heartbeat.close();
            throw ended(job, e);
        } finally {
            heartbeat.close();
        }
        tidy(job);
        return committed;
    }

    private Deployment steps(Job job) {
        preflight(job);
        advance(
                job,
                DeploymentState.TRANSFERRING,
                "%d files, %d bytes"
                        .formatted(job.version().files().size(), job.version().bytes()));
        launcher.transfer(job);
        job.checkCancelled();
        Deployment launched =
                launcher.launch(job, created -> journal.advance(created, DeploymentState.STAGED, created.instance()));
        Job started = job.with(launched);
        advance(started, DeploymentState.PROBING, "port " + launched.port());
        probe.await(started);
        job.checkCancelled();
        return journal.commit(launched);
    }

    private void advance(Job job, DeploymentState state, String message) {
        job.checkCancelled();
        journal.advance(job.deployment(), state, message);
    }

    private void preflight(Job job) {
        advance(job, DeploymentState.PREFLIGHT, "");
        EngineInfo info = job.target().ask(engine -> engine.info());
        List<Item> items = Preflight.of(info, job.options().resources(), newBytes(job, info));
        List<String> failed = items.stream()
                .filter(item -> item.outcome() == Outcome.FAILED)
                .map(item -> item.name() + ": " + item.detail())
                .toList();
        if (!failed.isEmpty()) {
            throw new RejectedException(String.join("; ", failed));
        }
    }

    /** Files that are on the device need no room; it is asked for them only where the room is scarce. */
    private long newBytes(Job job, EngineInfo info) {
        ModelVersion version = job.version();
        if (info.freeDiskBytes() < 0 || info.freeDiskBytes() >= version.bytes()) {
            return version.bytes();
        }
        ModelArtifact artifact = Artifacts.of(version, context.content());
        return job.target().ask(engine -> engine.hasArtifact(artifact)) ? 0 : version.bytes();
    }

    /** Removes what is not needed any more; what fails now the next call does. */
    private void tidy(Job job) {
        try {
            mender.mend(job.target(), other -> true).logged(job.deployment().device());
        } catch (RuntimeException e) {
            LOG.debug("{} will be tidied by the next call", job.deployment().device(), e);
        }
    }

    /** Stores the end that a failure means, and gives what to throw. */
    private RuntimeException ended(Job job, RuntimeException failure) {
        // Cleaning up takes calls that an interrupted thread could not make.
        boolean interrupted = Thread.interrupted();
        try {
            if (interrupted || job.cancellation().isCancelled()) {
                return cancelled(job, failure);
            }
            return failed(job, failure);
        } catch (RuntimeException e) {
            // The next call finds the deployment unfinished and ends it.
            failure.addSuppressed(e);
            return failure;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private RuntimeException cancelled(Job job, RuntimeException failure) {
        end(job, DeploymentState.CANCELED, "cancelled by " + context.principal().name());
        return failure instanceof CancelledException
                ? failure
                : new CancelledException(job.deployment() + " was cancelled", failure);
    }

    private RuntimeException failed(Job job, RuntimeException failure) {
        if (failure instanceof OutcomeUnknownException) {
            return failure;
        }
        if (failure instanceof UnavailableException) {
            journal.interrupt(job.deployment(), String.valueOf(failure.getMessage()));
            return failure;
        }
        if (failure instanceof OvertakenException) {
            tidy(job);
            return new ConflictException(String.valueOf(failure.getMessage()), failure);
        }
        return reported(job, failure);
    }

    private RuntimeException reported(Job job, RuntimeException failure) {
        boolean rejected = failure instanceof RejectedException;
        Deployment now = journal.read(job.deployment().id());
        String reason = rejected
                ? "device '%s' lacks what it needs: %s".formatted(now.device(), failure.getMessage())
                : "failed while %s: %s%s".formatted(now.state(), failure.getMessage(), lastLines(job));
        end(job, rejected ? DeploymentState.REJECTED : DeploymentState.FAILED, reason);
        String message = "deployment %d of %s on %s %s; %s"
                .formatted(now.number(), now.model(), now.device(), reason, inForce(now));
        return new DeploymentFailedException(message, failure);
    }

    private void end(Job job, DeploymentState state, String message) {
        journal.end(job.deployment(), state, EventKind.DEPLOY_FAILED, message);
        journal.disown(job.deployment());
        tidy(job);
    }

    private String lastLines(Job job) {
        String lines = lastLines(job.target(), job.deployment());
        return lines.isEmpty() ? "" : "; the instance's last lines:\n" + lines;
    }

    /** The last lines of an instance, or nothing if they cannot be had. */
    static String lastLines(Target target, Deployment deployment) {
        try {
            return target.ask(engine -> engine.logs(deployment.instance(), LOG_LINES)).stream()
                    .collect(Collectors.joining("\n"));
        } catch (RuntimeException e) {
            LOG.debug("no logs of {}", deployment.instance(), e);
            return "";
        }
    }

    private String inForce(Deployment failed) {
        return context.read(tx -> Journal.inForce(tx, failed.deviceId(), Order.modelOf(failed.model()))
                .map(other -> "deployment %d of %s is still in force".formatted(other.number(), other.model()))
                .orElse("nothing was in force before"));
    }
}
