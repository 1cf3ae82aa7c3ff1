package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Devices, deployments and the ports that they lease. */
public abstract class DevicesContract extends MetadataStoreContract {
    /** For subclasses. */
    protected DevicesContract() {}

    @Test
    void keepsADeviceAndItsChanges() {
        ProjectInfo project = world().project();
        Device device = world().device(project);
        assertThat(find(tx -> tx.devices().find(project.id(), device.name()))).contains(device);

        Device changed = new Device(
                device.id(),
                project.id(),
                device.name(),
                device.engine(),
                device.address(),
                "moved",
                Map.of("site", "plant", "x", "\""),
                DeviceState.ONLINE,
                World.NOW,
                "alice",
                World.NOW);
        change(tx -> tx.devices().update(changed));

        assertThat(find(tx -> tx.devices().findById(device.id()))).contains(changed);
        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.devices()
                        .insert(new Device(
                                World.id(),
                                project.id(),
                                device.name(),
                                "e",
                                "a",
                                "",
                                Map.of(),
                                DeviceState.REGISTERED,
                                null,
                                "bob",
                                World.NOW))))
                .withMessageContaining(device.name());
    }

    @Test
    void listsOnlyThoseThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Device granted = world().device(project);
        Device other = world().device(project);
        world().grant(project, Asset.device(granted.id()), Subject.user("bob"), Privilege.DEPLOY);

        assertThat(devices(project, HOST)).containsExactly(granted, other);
        assertThat(devices(project, Principal.user("bob"))).containsExactly(granted);
        assertThat(devices(project, Principal.user("eve"))).isEmpty();
    }

    @Test
    void keepsADeploymentWithItsSteps() {
        ProjectInfo project = world().project();
        Deployment queued = world().deployment(world().device(project), version(project), 49_152);
        assertThat(find(tx -> tx.devices().findDeployment(queued.id()))).contains(queued);

        Deployment staged = queued.with(DeploymentState.STAGED, "made", World.NOW.plusSeconds(1));
        Deployment again = staged.with(DeploymentState.STAGED, "still", World.NOW.plusSeconds(2));
        Deployment committed = again.with(DeploymentState.COMMITTED, "", World.NOW.plusSeconds(3))
                .with(DesiredState.STOPPED, World.NOW.plusSeconds(4));
        for (Deployment next : List.of(staged, again, committed)) {
            change(tx -> {
                assertThat(tx.devices().lockDeployment(next.id())).isPresent();
                tx.devices().updateDeployment(next);
            });
        }

        assertThat(find(tx -> tx.devices().findDeployment(queued.id()))).contains(committed);
        assertThat(list(tx -> tx.devices().steps(queued.id())))
                .containsExactly(
                        new Deployment.Step(DeploymentState.QUEUED, "asked for", queued.changedAt()),
                        new Deployment.Step(DeploymentState.STAGED, "made", staged.changedAt()),
                        new Deployment.Step(DeploymentState.COMMITTED, "", committed.changedAt()));
    }

    @Test
    void listsWhatIsWantedAndEverythingThatWas() {
        ProjectInfo project = world().project();
        Device device = world().device(project);
        ModelVersion version = version(project);
        Deployment first = world().deployment(device, version, 1);
        Deployment second = world().deployment(device, version, 2);
        Deployment third = world().deployment(device, version, 3);
        Deployment gone = second.with(DesiredState.ABSENT, World.NOW);
        change(tx -> tx.devices().updateDeployment(gone));

        assertThat(list(tx -> tx.devices().wanted(device.id()))).containsExactly(first, third);
        assertThat(readAll(1, (tx, page) -> tx.devices().deployments(device.id(), page)))
                .containsExactly(third, gone, first);
    }

    @Test
    void aPortIsLeasedOnceOnAnAddressUntilItsDeploymentIsOver() {
        ProjectInfo project = world().project();
        Device device = world().device(project);
        Device neighbour = world().device(project, device.address());
        Device elsewhere = world().device(project);
        ModelVersion version = version(project);
        Deployment holder = world().deployment(device, version, 49_152);
        world().deployment(elsewhere, version, 49_152);
        Deployment refused = world().newDeployment(neighbour, version, 49_152);

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.devices().insertDeployment(refused)))
                .withMessageContaining("49152");
        assertThat(find(tx -> tx.devices().findDeployment(refused.id()))).isEmpty();
        assertThat(ports(device)).containsExactly(49_152);

        change(tx -> tx.devices().updateDeployment(holder.with(DesiredState.ABSENT, World.NOW)));
        assertThat(ports(device)).isEmpty();
        change(tx -> tx.devices().insertDeployment(refused));
        assertThat(ports(device)).containsExactly(49_152);
    }

    @Test
    void aDeploymentThatMovesToAnotherPortFreesItsOwn() {
        ProjectInfo project = world().project();
        Device device = world().device(project);
        ModelVersion version = version(project);
        Deployment deployment = world().deployment(device, version, 49_152);
        world().deployment(device, version, 49_153);

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> change(tx -> tx.devices().updateDeployment(deployment.withPort(49_153))));
        assertThat(ports(device)).containsExactly(49_152, 49_153);
        change(tx -> tx.devices().updateDeployment(deployment.withPort(49_154)));
        assertThat(ports(device)).containsExactly(49_153, 49_154);
    }

    @Test
    void severalThatTakeTheFirstFreePortAtOnceTakeDifferentOnes() {
        ProjectInfo project = world().project();
        Device device = world().device(project);
        ModelVersion version = version(project);

        List<Integer> taken = together(5, () -> {
            Deployment wish = world().newDeployment(device, version, 0);
            return write(tx -> {
                List<Integer> used = tx.devices().leasedPorts(device.address());
                int free = IntStream.range(49_152, 49_200)
                        .filter(port -> !used.contains(port))
                        .findFirst()
                        .orElseThrow();
                tx.devices().insertDeployment(wish.withPort(free));
                return free;
            });
        });

        assertThat(taken).containsExactlyInAnyOrder(49_152, 49_153, 49_154, 49_155, 49_156);
    }

    private List<Integer> ports(Device device) {
        return write(tx -> tx.devices().leasedPorts(device.address()));
    }

    private ModelVersion version(ProjectInfo project) {
        return world().modelVersion(project, world().model(project));
    }

    private List<Device> devices(ProjectInfo project, Principal viewer) {
        return readAll(1, (tx, page) -> tx.devices().list(project.id(), viewer, page));
    }
}
