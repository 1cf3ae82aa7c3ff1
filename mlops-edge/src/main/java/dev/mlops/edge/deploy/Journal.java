package dev.mlops.edge.deploy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Every change of a deployment, each in one transaction that locks it, and each before its effect on the device.
 *
 * <p>A process that works on a deployment claims it by bringing its {@code changedAt} up to date; the claim of one that
 * was not heard of for {@link DeployerSettings#claim()}, or that said it was interrupted, is over. What another process
 * does with the deployment then is safe whatever the first one still does: each step is refused once the deployment is
 * over, and its instance has a name that no other deployment has.
 */
final class Journal {
    /** How many of a device's newest deployments are looked at for leftovers. */
    private static final int RECENT = 100;

    private final ProjectContext context;
    private final DeployerSettings settings;
    private final Set<String> ours = ConcurrentHashMap.newKeySet();

    Journal(ProjectContext context, DeployerSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    /** Notes that this deployer works on it: what it leaves unfinished it need not wait for. */
    void own(Deployment deployment) {
        ours.add(deployment.id());
    }

    /** Notes that there is nothing to go on with. */
    void disown(Deployment deployment) {
        ours.remove(deployment.id());
    }

    /**
     * True if another process may be working on it. To be asked by who holds the device's lock: nobody else in this
     * deployer works on it then.
     */
    boolean isClaimedElsewhere(Deployment deployment) {
        return Marks.isUnfinished(deployment)
                && !Marks.isInterrupted(deployment)
                && !ours.contains(deployment.id())
                && deployment.changedAt().plus(settings.claim()).isAfter(context.now());
    }

    Deployment read(String id) {
        return context.read(
                tx -> tx.devices().findDeployment(id).orElseThrow(() -> context.notFound("deployment '" + id + "'")));
    }

    List<Deployment> wanted(Device device) {
        return context.read(tx -> tx.devices().wanted(device.id()));
    }

    /** Deployments that are over but may have left something on the device. */
    List<Deployment> withLeftovers(Device device) {
        return context.read(tx -> tx.devices().deployments(device.id(), PageRequest.first(RECENT)).items().stream()
                .filter(Marks::hasLeftovers)
                .toList());
    }

    InstanceOptions options(Deployment deployment) {
        return context.read(tx -> options(tx, deployment));
    }

    static InstanceOptions options(MetadataTransaction tx, Deployment deployment) {
        return InstanceOptions.parse(tx.devices().steps(deployment.id()).get(0).message());
    }

    /** Goes to the next state; refused if somebody ended the deployment. */
    Deployment advance(Deployment deployment, DeploymentState state, String message) {
        return change(deployment, now -> now.with(state, message, context.now()));
    }

    /** Says that this process is still at work. */
    void renew(Deployment deployment) {
        change(deployment, now -> now.with(now.state(), now.message(), context.now()));
    }

    /** Ends the claim: the next call for the device goes on or cleans up. */
    void interrupt(Deployment deployment, String reason) {
        change(deployment, now -> now.with(now.state(), Marks.interrupted(reason), context.now()));
    }

    /** Leases another port than the ones that are leased or were tried. */
    Deployment moveToNextPort(Deployment deployment, String address, Set<Integer> tried) {
        return change(deployment, (tx, now) -> {
            Set<Integer> taken = new HashSet<>(tx.devices().leasedPorts(address));
            taken.addAll(tried);
            return now.withPort(settings.ports().choose(taken, address));
        });
    }

    /** Puts a deployment in force, and the one before it out of force, at once. */
    Deployment commit(Deployment deployment) {
        return context.write(tx -> {
            Deployment now = locked(tx, deployment);
            Optional<Deployment> before = inForce(tx, now.deviceId(), Order.modelOf(now.model()))
                    .filter(other -> !other.id().equals(now.id()))
                    .flatMap(other -> tx.devices().lockDeployment(other.id()));
            before.ifPresent(old -> tx.devices()
                    .updateDeployment(
                            over(old, DeploymentState.SUPERSEDED, "superseded by deployment " + now.number())));
            Deployment committed = now.with(DeploymentState.COMMITTED, "answers on port " + now.port(), context.now());
            tx.devices().updateDeployment(committed);
            record(
                    tx,
                    EventKind.DEPLOYED,
                    committed,
                    before.map(Journal::detail).orElse(null));
            return committed;
        });
    }

    /** Ends a deployment unless somebody did before; what is left of it on the device is still to be removed. */
    Deployment end(Deployment deployment, DeploymentState state, EventKind kind, String message) {
        return endIf(deployment, state, kind, message, now -> true);
    }

    /** Ends a deployment that nobody works on any more; gives it as it is. */
    Deployment endAbandoned(Deployment deployment) {
        String message = "interrupted while " + deployment.state() + " and not taken up again";
        return endIf(
                deployment,
                DeploymentState.FAILED,
                EventKind.DEPLOY_FAILED,
                message,
                now -> Marks.isUnfinished(now) && !isClaimedElsewhere(now));
    }

    private Deployment endIf(
            Deployment deployment,
            DeploymentState state,
            EventKind kind,
            String message,
            Predicate<Deployment> condition) {
        return context.write(tx -> {
            Deployment now = tx.devices().lockDeployment(deployment.id()).orElse(deployment);
            if (now.state().isTerminal() || !condition.test(now)) {
                return now;
            }
            Deployment ended = over(now, state, message);
            tx.devices().updateDeployment(ended);
            record(tx, kind, ended, detail(now));
            return ended;
        });
    }

    /** What should be on the device; refused for a deployment that is over. */
    Deployment want(Deployment deployment, DesiredState desired, EventKind kind) {
        return context.write(tx -> {
            Deployment now = locked(tx, deployment);
            if (now.desired() == desired) {
                return now;
            }
            Deployment changed = now.with(desired, context.now());
            tx.devices().updateDeployment(changed);
            record(tx, kind, changed, detail(now));
            return changed;
        });
    }

    /** Nothing of it is on the device any more. */
    void cleaned(Deployment deployment) {
        context.write(tx -> tx.devices()
                .lockDeployment(deployment.id())
                .filter(Marks::hasLeftovers)
                .map(now -> {
                    tx.devices()
                            .updateDeployment(
                                    now.with(now.state(), Marks.withoutLeftovers(now.message()), now.changedAt()));
                    return now;
                }));
    }

    static Optional<Deployment> inForce(MetadataTransaction tx, String deviceId, String model) {
        return tx.devices().wanted(deviceId).stream()
                .filter(other -> other.state() == DeploymentState.COMMITTED)
                .filter(other -> Order.modelOf(other.model()).equals(model))
                .findFirst();
    }

    void record(MetadataTransaction tx, EventKind kind, Deployment deployment, @Nullable Map<String, ?> before) {
        String subject =
                "deployment %d of %s on %s".formatted(deployment.number(), deployment.model(), deployment.device());
        context.record(tx, kind, Asset.device(deployment.deviceId()), subject, before, detail(deployment));
    }

    private static Map<String, ?> detail(Deployment deployment) {
        return Map.of(
                "id", deployment.id(),
                "number", deployment.number(),
                "model", deployment.model(),
                "state", deployment.state(),
                "desired", deployment.desired(),
                "port", deployment.port(),
                "message", deployment.message());
    }

    private Deployment over(Deployment deployment, DeploymentState state, String message) {
        return deployment.with(state, Marks.leftovers(message), context.now()).with(DesiredState.ABSENT, context.now());
    }

    private Deployment change(Deployment deployment, UnaryOperator<Deployment> change) {
        return change(deployment, (tx, now) -> change.apply(now));
    }

    private Deployment change(Deployment deployment, Change change) {
        return context.write(tx -> {
            Deployment changed = change.of(tx, locked(tx, deployment));
            tx.devices().updateDeployment(changed);
            return changed;
        });
    }

    private static Deployment locked(MetadataTransaction tx, Deployment deployment) {
        Deployment now = tx.devices().lockDeployment(deployment.id()).orElse(deployment);
        if (now.state().isTerminal()) {
            throw new OvertakenException(now);
        }
        return now;
    }

    private interface Change {
        Deployment of(MetadataTransaction tx, Deployment now);
    }
}
