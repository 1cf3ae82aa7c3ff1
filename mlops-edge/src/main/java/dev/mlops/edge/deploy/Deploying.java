package dev.mlops.edge.deploy;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.progress.Cancellation;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deploys: waits for its turn, mends what others left, and drives a deployment unless what is wanted is there. */
final class Deploying {
    private static final Logger LOG = LoggerFactory.getLogger(Deploying.class);
    private static final Duration TURN = Duration.ofMillis(250);

    private final Devices devices;
    private final DeviceLocks locks;
    private final Beginning beginning;
    private final Journal journal;
    private final Mender mender;
    private final Delivery delivery;
    private final Probe probe;

    Deploying(
            Devices devices,
            DeviceLocks locks,
            Beginning beginning,
            Journal journal,
            Mender mender,
            Delivery delivery,
            Probe probe) {
        this.devices = devices;
        this.locks = locks;
        this.beginning = beginning;
        this.journal = journal;
        this.mender = mender;
        this.delivery = delivery;
        this.probe = probe;
    }

    Deployment deploy(Order asked) {
        Order order = beginning.checked(asked);
        return locks.locked(order.device(), order.options().cancellation(), () -> inTurn(order));
    }

    private Deployment inTurn(Order order) {
        Target target = devices.target(order.device());
        Deployment broken = null;
        while (true) {
            order.options().cancellation().check(order.toString());
            mender.mend(target, other -> order.isMetBy(other, journal.options(other)))
                    .logged(order.device().name());
            Begun begun = beginning.begin(order, broken);
            if (begun instanceof Begun.Busy) {
                Pause.of(TURN, order.toString());
            } else if (begun instanceof Begun.InForce inForce) {
                Optional<Deployment> serving = serving(order, target, inForce.deployment());
                if (serving.isPresent()) {
                    return serving.get();
                }
                broken = inForce.deployment();
            } else {
                return ended(order, target, begun);
            }
        }
    }

    private Deployment ended(Order order, Target target, Begun begun) {
        Deployment deployment = begun.deployment();
        if (begun instanceof Begun.Known) {
            return known(deployment);
        }
        journal.own(deployment);
        Deployment committed = delivery.drive(job(order, target, deployment));
        journal.disown(committed);
        return committed;
    }

    private static Job job(Order order, Target target, Deployment deployment) {
        return new Job(
                target,
                deployment,
                order.version(),
                order.instance(),
                order.options().progress(),
                order.options().cancellation());
    }

    private static Deployment known(Deployment deployment) {
        return switch (deployment.state()) {
            case FAILED, REJECTED, CANCELED ->
                throw new DeploymentFailedException(
                        "%s was made with this idempotency key; use another to try again".formatted(deployment));
            default -> deployment;
        };
    }

    /** The deployment in force if it serves, or can be brought to. */
    private Optional<Deployment> serving(Order order, Target target, Deployment inForce) {
        Deployment running = running(target, inForce);
        if (probe.unready(running).isEmpty()) {
            return Optional.of(running);
        }
        try {
            probe.await(job(order, target, running));
            return Optional.of(journal.read(running.id()));
        } catch (NotReadyException e) {
            LOG.debug("{} does not serve and is replaced", running, e);
            return Optional.empty();
        }
    }

    private Deployment running(Target target, Deployment inForce) {
        if (inForce.desired() == DesiredState.RUNNING) {
            return inForce;
        }
        journal.want(inForce, DesiredState.RUNNING, EventKind.STARTED);
        mender.mend(target, other -> false).throwProblemOf(inForce);
        return journal.read(inForce.id());
    }

    /** Stops or starts a deployment in force. */
    Deployment want(Deployment deployment, Target target, DesiredState desired, EventKind kind) {
        return locks.locked(target.device(), new Cancellation(), () -> {
            journal.want(deployment, desired, kind);
            mender.mend(target, other -> false).throwProblemOf(deployment);
            Deployment now = journal.read(deployment.id());
            if (desired == DesiredState.RUNNING) {
                awaitServing(target, now);
            }
            return now;
        });
    }

    private void awaitServing(Target target, Deployment deployment) {
        try {
            probe.await(mender.job(target, deployment));
        } catch (NotReadyException e) {
            throw new DeploymentFailedException(
                    "%s does not serve: %s\n%s"
                            .formatted(deployment, e.getMessage(), Delivery.lastLines(target, deployment)),
                    e);
        }
    }

    Deployment remove(Deployment deployment, Target target, String by) {
        return locks.locked(target.device(), new Cancellation(), () -> {
            Deployment ended =
                    journal.end(deployment, DeploymentState.REMOVED, EventKind.DESTROYED, "removed by " + by);
            if (Marks.hasLeftovers(ended)) {
                mender.mend(target, other -> false).throwProblemOf(ended);
            }
            return journal.read(deployment.id());
        });
    }

    MendReport reconcile(Target target) {
        return locks.locked(target.device(), new Cancellation(), () -> {
            MendReport report = mender.mend(target, other -> false);
            report.started()
                    .forEach(deployment ->
                            report.attempt(deployment.instance(), () -> awaitServing(target, deployment)));
            report.throwProblems(target.device().name());
            return report;
        });
    }
}
