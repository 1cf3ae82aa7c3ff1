package dev.mlops.edge.deploy;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The first transaction of a deployment: everything that is wanted is stored before anything is done. */
final class Beginning {
    private static final String KIND = "deployment";

    private final ProjectContext context;
    private final Gate gate;
    private final Journal journal;
    private final PortRange ports;

    Beginning(ProjectContext context, Gate gate, Journal journal, PortRange ports) {
        this.context = context;
        this.gate = gate;
        this.journal = journal;
        this.ports = ports;
    }

    /** The order with its version and device as they are stored now, for a caller who may deploy. */
    Order checked(Order order) {
        return context.read(tx -> checked(tx, order));
    }

    private Order checked(MetadataTransaction tx, Order order) {
        Device device = gate.device(tx, order.device(), Privilege.DEPLOY);
        requireInUse(device);
        ModelVersion version =
                gate.version(tx, order.version().id(), order.version().reference());
        return new Order(version, device, order.options());
    }

    static void requireInUse(Device device) {
        if (device.state() == DeviceState.QUARANTINED || device.state() == DeviceState.RETIRED) {
            throw new ConflictException(
                    "device '%s' is %s: nothing is deployed to it".formatted(device, device.state()));
        }
    }

    /**
     * Begins.
     *
     * @param broken the deployment in force, if it is known not to serve and must be replaced
     */
    Begun begin(Order order, @Nullable Deployment broken) {
        String id = context.newId();
        return context.write(tx -> {
            Order now = checked(tx, order);
            Optional<Begun> before = keyed(tx, now).or(() -> standing(tx, now, broken));
            if (before.isPresent()) {
                return before.get();
            }
            long number = tx.devices().allocate(now.device().id());
            // The device is locked from here on: what another process began is seen now.
            return standing(tx, now, broken).orElseGet(() -> new Begun.Taken(insert(tx, now, id, number)));
        });
    }

    private Optional<Begun> keyed(MetadataTransaction tx, Order order) {
        return context.madeBefore(tx, order.options().idempotencyKey(), KIND, arguments(order))
                .flatMap(id -> tx.devices().findDeployment(id))
                .filter(made -> !Marks.isUnfinished(made))
                .map(Begun.Known::new);
    }

    private Optional<Begun> standing(MetadataTransaction tx, Order order, @Nullable Deployment broken) {
        List<Deployment> wanted = tx.devices().wanted(order.device().id());
        for (Deployment other : wanted) {
            if (Marks.isUnfinished(other)) {
                return Optional.of(unfinished(tx, order, other));
            }
        }
        return wanted.stream()
                .filter(other -> broken == null || !other.id().equals(broken.id()))
                .filter(other -> order.isMetBy(other, Journal.options(tx, other)))
                .findFirst()
                .map(Begun.InForce::new);
    }

    /** What another process works on is waited for; what was interrupted is taken up if it is what is ordered. */
    private Begun unfinished(MetadataTransaction tx, Order order, Deployment other) {
        if (journal.isClaimedElsewhere(other) || !order.isMetBy(other, Journal.options(tx, other))) {
            return new Begun.Busy(other);
        }
        Deployment locked = tx.devices().lockDeployment(other.id()).orElse(other);
        if (!Marks.isUnfinished(locked) || journal.isClaimedElsewhere(locked)) {
            return new Begun.Busy(locked);
        }
        Deployment taken = locked.with(DeploymentState.QUEUED, "taken up again", context.now());
        tx.devices().updateDeployment(taken);
        return new Begun.Taken(taken);
    }

    private Deployment insert(MetadataTransaction tx, Order order, String id, long number) {
        Deployment deployment = queued(order, id, number, port(tx, order));
        context.once(tx, order.options().idempotencyKey(), KIND, arguments(order), () -> {
            tx.devices().insertDeployment(deployment);
            return id;
        });
        // The options stay in the first step; the deployment itself has nothing to say yet.
        Deployment silent = deployment.with(deployment.state(), "", context.now());
        tx.devices().updateDeployment(silent);
        journal.record(tx, EventKind.CREATED, silent, null);
        return silent;
    }

    private int port(MetadataTransaction tx, Order order) {
        String address = order.device().address();
        return ports.choose(tx.devices().leasedPorts(address), address);
    }

    private Deployment queued(Order order, String id, long number, int port) {
        Device device = order.device();
        return new Deployment(
                id,
                device.projectId(),
                device.id(),
                device.name(),
                order.version().id(),
                order.version().reference(),
                number,
                DeploymentState.QUEUED,
                DesiredState.RUNNING,
                Names.instance(device, order.modelName(), number),
                port,
                order.instance().toJson(),
                context.principal().name(),
                context.now(),
                context.now());
    }

    private static String arguments(Order order) {
        return "%s on %s: %s"
                .formatted(
                        order.version().id(),
                        order.device().id(),
                        order.instance().toJson());
    }
}
