package dev.mlops.edge.deploy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceCheck;
import dev.mlops.api.edge.DeviceSpec;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.edge.EdgeDeployer.Quarantine;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.page.Listing;
import dev.mlops.api.spi.device.EngineInfo;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The devices of a project. */
final class Devices {
    private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

    private final ProjectContext context;
    private final Gate gate;
    private final Engines engines;

    Devices(ProjectContext context, Gate gate, Engines engines) {
        this.context = context;
        this.gate = gate;
        this.engines = engines;
    }

    Device register(DeviceSpec spec) {
        String engine = spec.engine().orElse(engines.defaultName());
        String address = engines.chosen(engine).describe();
        String id = context.newId();
        return context.write(tx -> {
            Optional<Device> present = tx.devices().find(context.projectId(), spec.name());
            if (present.isPresent()) {
                return alike(gate.device(tx, present.get(), Privilege.READ), engine);
            }
            context.requireOnProject(tx, Privilege.EDIT);
            Device device = registered(id, spec, engine, address);
            tx.devices().insert(device);
            record(tx, EventKind.CREATED, device, null, Map.of("engine", engine, "address", address));
            return device;
        });
    }

    private Device registered(String id, DeviceSpec spec, String engine, String address) {
        return new Device(
                id,
                context.projectId(),
                spec.name(),
                engine,
                address,
                spec.description(),
                spec.labels(),
                DeviceState.REGISTERED,
                null,
                context.principal().name(),
                context.now());
    }

    private static Device alike(Device present, String engine) {
        if (!present.engine().equals(engine)) {
            throw new AlreadyExistsException(
                    "device '%s' is registered with the engine '%s', not '%s'; choose another name"
                            .formatted(present.name(), present.engine(), engine));
        }
        return present;
    }

    Device device(String name) {
        return context.read(tx -> gate.device(tx, name, Privilege.READ));
    }

    Listing<Device> list() {
        return Listing.of(
                page -> context.read(tx -> tx.devices().list(context.projectId(), context.principal(), page)));
    }

    /** A device with its engine, for a caller who has the privilege. */
    Target target(Device known, Privilege privilege) {
        return target(context.<Device>read(tx -> gate.device(tx, known, privilege)));
    }

    Target target(Device device) {
        return new Target(device, engines.reaching(device.name(), device.engine()), this);
    }

    DeviceCheck check(Device known) {
        Target target = target(known, Privilege.READ);
        try {
            EngineInfo info = target.ask(engine -> engine.info());
            target.reached();
            return new DeviceCheck(device(known.name()), Preflight.ofDevice(info));
        } catch (UnavailableException e) {
            DeviceCheck.Item item =
                    new DeviceCheck.Item("engine", DeviceCheck.Outcome.FAILED, String.valueOf(e.getMessage()));
            return new DeviceCheck(device(known.name()), List.of(item));
        }
    }

    Device quarantine(Device known, Quarantine quarantine) {
        return change(known, Privilege.EDIT, device -> {
            if (device.state() == DeviceState.RETIRED) {
                throw new ConflictException("device '%s' is retired for good".formatted(device.name()));
            }
            boolean aside = device.state() == DeviceState.QUARANTINED;
            return switch (quarantine) {
                case SET_ASIDE -> DeviceState.QUARANTINED;
                case LIFTED -> aside ? DeviceState.REGISTERED : device.state();
            };
        });
    }

    Device retire(Device known) {
        return context.write(tx -> {
            Device device = gate.device(tx, known, Privilege.DELETE);
            List<String> users = tx.devices().wanted(device.id()).stream()
                    .map(Deployment::toString)
                    .toList();
            if (!users.isEmpty()) {
                throw new ResourceInUseException("device '" + device.name() + "'", users);
            }
            return move(tx, device, DeviceState.RETIRED);
        });
    }

    private Device change(Device known, Privilege privilege, Function<Device, DeviceState> next) {
        return context.write(tx -> {
            Device device = gate.device(tx, known, privilege);
            return move(tx, device, next.apply(device));
        });
    }

    private Device move(MetadataTransaction tx, Device device, DeviceState state) {
        if (device.state() == state) {
            return device;
        }
        Device moved = with(device, state, device.lastSeenAt());
        tx.devices().update(moved);
        record(tx, EventKind.UPDATED, moved, Map.of("state", device.state()), Map.of("state", state));
        return moved;
    }

    /** Notes that the device answered. */
    void reached(Device device) {
        observe(device, DeviceState.ONLINE, context.now());
    }

    /** Notes that the device did not answer; the failure is thrown on by the caller. */
    void notReached(Device device, UnavailableException failure) {
        try {
            observe(device, DeviceState.OFFLINE, null);
        } catch (RuntimeException e) {
            LOG.debug("device '{}' was not noted as offline", device.name(), e);
            failure.addSuppressed(e);
        }
    }

    private void observe(Device known, DeviceState observed, @Nullable Instant seen) {
        context.write(tx -> tx.devices().findById(known.id()).map(device -> {
            boolean decided = device.state() == DeviceState.QUARANTINED || device.state() == DeviceState.RETIRED;
            Device moved = decided ? device : move(tx, device, observed);
            if (seen != null) {
                tx.devices().update(with(moved, moved.state(), seen));
            }
            return moved;
        }));
    }

    private void record(
            MetadataTransaction tx,
            EventKind kind,
            Device device,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        context.record(tx, kind, Asset.device(device.id()), "device " + device.name(), before, after);
    }

    private static Device with(Device device, DeviceState state, @Nullable Instant seen) {
        return new Device(
                device.id(),
                device.projectId(),
                device.name(),
                device.engine(),
                device.address(),
                device.description(),
                device.labels(),
                state,
                seen,
                device.registeredBy(),
                device.registeredAt());
    }
}
