package dev.mlops.testkit.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceCheck;
import dev.mlops.api.edge.DeviceSpec;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.edge.EdgeDeployer.Quarantine;
import dev.mlops.api.edge.InstanceHealth;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.DeploymentFailedException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.lineage.LineageKind;
import dev.mlops.api.lineage.LineageNode;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.Progress;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.InstanceSpec.Resources;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link EdgeDeployer} keeps. Inherit it and say how to open a store and a deployer over one real engine;
 * each test uses a project and devices of its own and removes what it deployed.
 */
public abstract class EdgeDeployerContract {
    private static final String MODEL = "relu";

    @TempDir
    Path directory;

    private Project project;
    private Versions versions;
    private EdgeDeployer edge;
    private Device device;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected EdgeDeployerContract() {}

    /** The store, as its owner sees it; always the same one within one test. */
    protected abstract Mlops mlops();

    /** A deployer over the engine, always the same device within one test; the suite closes it. */
    protected abstract EdgeDeployer deployer(Project project);

    /** How long an instance may take until it serves; a minute by default. */
    protected Duration readyWithin() {
        return Duration.ofMinutes(1);
    }

    /** The limits that instances get; {@link Resources#DEFAULT} by default. */
    protected Resources resources() {
        return Resources.DEFAULT;
    }

    @BeforeEach
    void openProject() {
        project = mlops().projects().create(Scene.freshName());
        versions = new Versions(directory);
        edge = deployer(project);
        device = edge.register("camera-" + UUID.randomUUID().toString().substring(0, 8));
    }

    @AfterEach
    void removeWhatTheTestDeployed() {
        edge.devices().stream().flatMap(each -> edge.inForce(each).stream()).forEach(edge::remove);
        edge.close();
    }

    @Test
    void registersADeviceOnce() {
        DeviceSpec spec = DeviceSpec.builder("gate")
                .description("at the gate")
                .label("site", "north")
                .build();

        Device first = edge.register(spec);
        Device again = edge.register(spec);

        assertThat(first.state()).isEqualTo(DeviceState.REGISTERED);
        assertThat(first.lastSeenAt()).isNull();
        assertThat(first.labels()).containsEntry("site", "north");
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(edge.device("gate").description()).isEqualTo("at the gate");
        assertThat(edge.devices().stream()).extracting(Device::name).contains("gate", device.name());
    }

    @Test
    void refusesAnEngineThatItWasNotGiven() {
        DeviceSpec spec = DeviceSpec.builder("gate").engine("absent").build();

        assertThatThrownBy(() -> edge.register(spec))
                .isInstanceOfAny(InvalidInputException.class, AlreadyExistsException.class)
                .hasMessageContaining("absent");
        assertThatThrownBy(() -> edge.device("gate")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void checksADeviceAndNotesThatItAnswered() {
        DeviceCheck check = edge.check(device);

        assertThat(check.passed()).as(check.toString()).isTrue();
        assertThat(check.items())
                .extracting(DeviceCheck.Item::name)
                .contains("engine", "architecture", "memory", "free disk");
        assertThat(check.device().state()).isEqualTo(DeviceState.ONLINE);
        assertThat(edge.device(device.name()).lastSeenAt()).isNotNull();
    }

    @Test
    void deploysAVersionThatAnswersInferences() {
        ModelVersion version = versions.working(project, MODEL);

        Deployment deployment = deploy(version);

        assertThat(deployment.state()).isEqualTo(DeploymentState.COMMITTED);
        assertThat(deployment.desired()).isEqualTo(DesiredState.RUNNING);
        assertThat(deployment.number()).isEqualTo(1);
        assertThat(deployment.model()).isEqualTo(version.reference());
        Endpoint.of(deployment).assertAnswers("1");
        assertThat(edge.inForce(device)).extracting(Deployment::id).containsExactly(deployment.id());
        assertThat(edge.inForce(device, MODEL).orElseThrow().endpoint()).isEqualTo(deployment.endpoint());
        assertThat(edge.health(deployment).state()).isEqualTo(InstanceHealth.State.READY);
    }

    @Test
    void deploysWhatAnAliasStandsAt() {
        versions.working(project, MODEL);
        ModelVersion second = versions.working(project, MODEL);
        project.models().setAlias(second, "champion");

        Deployment deployment = edge.deploy(ModelRef.parse(MODEL + "@champion"), device);

        assertThat(deployment.model()).isEqualTo(second.reference());
    }

    @Test
    void tellsTheStepsInOrder() {
        Deployment deployment = deploy(versions.working(project, MODEL));

        assertThat(edge.steps(deployment))
                .extracting(Deployment.Step::state)
                .containsExactly(
                        DeploymentState.QUEUED,
                        DeploymentState.PREFLIGHT,
                        DeploymentState.TRANSFERRING,
                        DeploymentState.STAGED,
                        DeploymentState.PROBING,
                        DeploymentState.COMMITTED);
    }

    @Test
    void neverTellsTheValuesOfEnvironmentVariables() {
        DeployOptions options = options().environment("API_TOKEN", "s3cret").build();

        Deployment deployment = edge.deploy(versions.working(project, MODEL), device, options);

        assertThat(edge.steps(deployment).toString()).contains("API_TOKEN").doesNotContain("s3cret");
        assertThat(edge.deployment(deployment.id()).toString()).doesNotContain("s3cret");
        assertThat(events().toString()).doesNotContain("s3cret");
    }

    @Test
    void deployingWhatIsInForceDoesNothing() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment first = deploy(version);

        Deployment again = deploy(version);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(edge.history(device).toList()).hasSize(1);
    }

    @Test
    void otherOptionsMakeAnotherDeployment() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment first = deploy(version);

        Deployment second = edge.deploy(
                version, device, options().environment("MODE", "fast").build());

        assertThat(second.number()).isEqualTo(first.number() + 1);
        Endpoint.of(second).assertAnswers("1");
        assertThat(Endpoint.of(first).answers()).isFalse();
    }

    @Test
    void anUpdateTakesThePlaceOfTheVersionBefore() {
        Deployment first = deploy(versions.working(project, MODEL));

        Deployment second = deploy(versions.working(project, MODEL));

        Endpoint.of(second).assertAnswers("2");
        assertThat(edge.inForce(device)).extracting(Deployment::id).containsExactly(second.id());
        assertThat(second.port()).isNotEqualTo(first.port());
        assertThat(edge.deployment(first.id()).state()).isEqualTo(DeploymentState.SUPERSEDED);
        assertThat(edge.deployment(first.id()).desired()).isEqualTo(DesiredState.ABSENT);
        assertThat(edge.health(first).state()).isEqualTo(InstanceHealth.State.ABSENT);
        assertThat(edge.history(device).stream()).extracting(Deployment::number).containsExactly(2L, 1L);
        assertThat(edge.reconcile(device)).isEmpty();
    }

    @Test
    void theVersionBeforeServesDuringAnUpdate() throws Exception {
        Deployment first = deploy(versions.working(project, MODEL));
        ModelVersion next = versions.working(project, MODEL);
        List<Boolean> answers = new ArrayList<>();
        DeployOptions options = options()
                .progress(progress -> answers.add(Endpoint.of(first).answers()))
                .build();

        edge.deploy(next, device, options);

        assertThat(answers).isNotEmpty().containsOnly(true);
    }

    @Test
    void anUpdateThatDoesNotServeLeavesTheVersionBeforeServing() {
        Deployment first = deploy(versions.working(project, MODEL));
        ModelVersion broken = versions.broken(project, MODEL);

        assertThatThrownBy(() -> deploy(broken))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining(broken.reference())
                .hasMessageContaining(device.name())
                .hasMessageContaining("deployment 1 of " + first.model() + " is still in force");

        Endpoint.of(first).assertAnswers("1");
        assertThat(edge.inForce(device)).extracting(Deployment::id).containsExactly(first.id());
        Deployment failed = edge.history(device).first().orElseThrow();
        assertThat(failed.state()).isEqualTo(DeploymentState.FAILED);
        assertThat(edge.health(failed).state()).isEqualTo(InstanceHealth.State.ABSENT);
        assertThat(kinds()).contains(EventKind.DEPLOY_FAILED);
        assertThat(edge.reconcile(device)).isEmpty();
    }

    @Test
    void anInstanceThatDoesNotAnswerTheProbeIsNotPutInForce() {
        DeployOptions options = options().probe("{\"inputs\":[]}").build();

        assertThatThrownBy(() -> edge.deploy(versions.working(project, MODEL), device, options))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("nothing was in force before");
        assertThat(edge.inForce(device)).isEmpty();
    }

    @Test
    void rejectsWhatTheDeviceHasNoMemoryFor() {
        DeployOptions options =
                options().resources(new Resources(1L << 60, 0.5, 64)).build();

        assertThatThrownBy(() -> edge.deploy(versions.working(project, MODEL), device, options))
                .isInstanceOf(DeploymentFailedException.class)
                .hasMessageContaining("memory");
        assertThat(edge.history(device).first().orElseThrow().state()).isEqualTo(DeploymentState.REJECTED);
    }

    @Test
    void aCancelledDeploymentLeavesTheVersionBeforeServing() {
        Deployment first = deploy(versions.working(project, MODEL));
        Cancellation cancellation = new Cancellation();
        DeployOptions options = options()
                .progress(progress -> cancellation.cancel())
                .cancellation(cancellation)
                .build();

        assertThatThrownBy(() -> edge.deploy(versions.working(project, MODEL), device, options))
                .isInstanceOf(CancelledException.class);

        Endpoint.of(first).assertAnswers("1");
        assertThat(edge.history(device).first().orElseThrow().state()).isEqualTo(DeploymentState.CANCELED);
        assertThat(edge.reconcile(device)).isEmpty();
    }

    @Test
    void tellsTheProgressOfTheTransfer() {
        List<Progress> seen = new ArrayList<>();
        ModelVersion version = versions.working(project, MODEL);

        edge.deploy(version, device, options().progress(seen::add).build());

        assertThat(seen).isNotEmpty();
        assertThat(seen.get(seen.size() - 1).doneBytes()).isEqualTo(version.bytes());
    }

    @Test
    void twoModelsOnOneDeviceDoNotDisturbEachOther() {
        Deployment relu = deploy(versions.working(project, MODEL));
        Deployment other = deploy(versions.working(project, "other"));

        assertThat(other.port()).isNotEqualTo(relu.port());
        assertThat(edge.inForce(device)).extracting(Deployment::modelName).containsExactlyInAnyOrder(MODEL, "other");
        edge.remove(relu);

        Endpoint.of(other).assertAnswers("1");
        assertThat(Endpoint.of(relu).answers()).isFalse();
    }

    @Test
    void twoDevicesOnOneEngineDoNotDisturbEachOther() {
        ModelVersion version = versions.working(project, MODEL);
        Device second = edge.register("camera-2");
        Deployment here = deploy(version);
        Deployment there = edge.deploy(version, second, options().build());

        assertThat(there.port()).isNotEqualTo(here.port());
        assertThat(there.number()).isEqualTo(1);
        edge.remove(here);
        assertThat(edge.reconcile(device)).isEmpty();

        Endpoint.of(there).assertAnswers("1");
        assertThat(edge.reconcile(second)).isEmpty();
    }

    @Test
    void stopsAndStartsAgain() {
        Deployment deployment = deploy(versions.working(project, MODEL));

        Deployment stopped = edge.stop(deployment);
        assertThat(edge.stop(stopped).desired()).isEqualTo(DesiredState.STOPPED);
        assertThat(edge.health(deployment).state()).isEqualTo(InstanceHealth.State.STOPPED);
        assertThat(Endpoint.of(deployment).answers()).isFalse();
        assertThat(edge.reconcile(device)).isEmpty();

        Deployment started = edge.start(deployment);
        assertThat(edge.start(started).desired()).isEqualTo(DesiredState.RUNNING);
        Endpoint.of(started).assertAnswers("1");
        assertThat(kinds()).contains(EventKind.STOPPED, EventKind.STARTED);
    }

    @Test
    void deployingAStoppedVersionStartsIt() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);
        edge.stop(deployment);

        Deployment again = deploy(version);

        assertThat(again.id()).isEqualTo(deployment.id());
        Endpoint.of(again).assertAnswers("1");
    }

    @Test
    void removesADeploymentAndFreesItsPort() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);

        Deployment removed = edge.remove(deployment);

        assertThat(removed.state()).isEqualTo(DeploymentState.REMOVED);
        assertThat(edge.remove(removed).state()).isEqualTo(DeploymentState.REMOVED);
        assertThat(edge.inForce(device)).isEmpty();
        assertThat(edge.health(deployment).state()).isEqualTo(InstanceHealth.State.ABSENT);
        assertThatThrownBy(() -> edge.start(removed)).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> edge.stop(removed)).isInstanceOf(ConflictException.class);
        Deployment again = deploy(version);
        assertThat(again.number()).isEqualTo(2);
        assertThat(again.port()).isEqualTo(deployment.port());
    }

    @Test
    void keepsEverythingThatWasEverDeployed() {
        Deployment first = deploy(versions.working(project, MODEL));
        Deployment second = deploy(versions.working(project, MODEL));
        edge.remove(second);

        assertThat(edge.history(device).stream()).extracting(Deployment::id).containsExactly(second.id(), first.id());
        assertThat(edge.history(device).page(1).items())
                .extracting(Deployment::state)
                .containsExactly(DeploymentState.REMOVED);
    }

    @Test
    void givesTheLastLinesThatAnInstancePrinted() {
        Deployment deployment = deploy(versions.working(project, MODEL));

        assertThat(edge.logs(deployment, 100)).isNotEmpty();
        assertThat(edge.logs(deployment, 1)).hasSize(1);
        assertThatThrownBy(() -> edge.logs(deployment, 0)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aKeyMakesADeploymentOnce() {
        ModelVersion version = versions.working(project, MODEL);
        DeployOptions keyed =
                options().idempotencyKey(IdempotencyKey.of("rollout-1")).build();
        Deployment first = edge.deploy(version, device, keyed);
        edge.remove(first);

        Deployment again = edge.deploy(version, device, keyed);

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(edge.inForce(device)).isEmpty();
        assertThatThrownBy(() -> edge.deploy(versions.working(project, MODEL), device, keyed))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("rollout-1");
    }

    @Test
    void deploysOfOneVersionAtOnceEndInOneDeployment() throws Exception {
        ModelVersion version = versions.working(project, MODEL);

        List<Deployment> deployed = Together.run(List.of(() -> deploy(version), () -> deploy(version)));

        assertThat(deployed.get(0).id()).isEqualTo(deployed.get(1).id());
        assertThat(edge.history(device).toList()).hasSize(1);
    }

    @Test
    void deploysOfTwoDeployersAtOnceRunOneAfterTheOther() throws Exception {
        ModelVersion first = versions.working(project, MODEL);
        ModelVersion second = versions.working(project, MODEL);
        try (EdgeDeployer other = deployer(project)) {
            List<Deployment> deployed = Together.run(List.of(
                    () -> deploy(first),
                    () -> other.deploy(second, device, options().build())));

            List<Deployment> inForce = edge.inForce(device);
            assertThat(inForce).hasSize(1);
            assertThat(deployed)
                    .extracting(Deployment::id)
                    .contains(inForce.get(0).id());
            assertThat(Endpoint.of(inForce.get(0)).answers()).isTrue();
            assertThat(edge.reconcile(device)).isEmpty();
        }
    }

    @Test
    void nothingIsDeployedToADeviceThatIsSetAside() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);
        edge.quarantine(device, Quarantine.SET_ASIDE);

        assertThatThrownBy(() -> deploy(versions.working(project, MODEL)))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(device.name());
        Endpoint.of(deployment).assertAnswers("1");
        assertThat(edge.check(device).device().state()).isEqualTo(DeviceState.QUARANTINED);

        edge.quarantine(device, Quarantine.LIFTED);
        assertThat(deploy(version).id()).isEqualTo(deployment.id());
        assertThat(edge.device(device.name()).state()).isEqualTo(DeviceState.ONLINE);
    }

    @Test
    void aDeviceIsRetiredOnceNothingIsOnIt() {
        Deployment deployment = deploy(versions.working(project, MODEL));

        assertThatThrownBy(() -> edge.retire(device))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining(deployment.model());
        edge.remove(deployment);

        assertThat(edge.retire(device).state()).isEqualTo(DeviceState.RETIRED);
        assertThatThrownBy(() -> deploy(versions.working(project, MODEL))).isInstanceOf(ConflictException.class);
        assertThatThrownBy(() -> edge.quarantine(device, Quarantine.LIFTED)).isInstanceOf(ConflictException.class);
    }

    @Test
    void aVersionThatIsDeployedIsNotDeleted() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);

        assertThatThrownBy(() -> project.models().deleteVersion(version))
                .isInstanceOf(ResourceInUseException.class)
                .hasMessageContaining(device.name());
        edge.remove(deployment);

        project.models().deleteVersion(version);
        assertThat(edge.history(device).first().orElseThrow().model()).isEqualTo(version.reference());
        assertThat(edge.reconcile(device)).isEmpty();
    }

    @Test
    void lineageLeadsFromTheDeploymentToTheModel() {
        ModelVersion version = versions.working(project, MODEL);

        Deployment deployment = deploy(version);

        assertThat(project.lineage().upstreamOf(deployment).nodes(LineageKind.MODEL_VERSION))
                .extracting(LineageNode::id)
                .containsExactly(version.id());
        assertThat(project.lineage().downstreamOf(version).nodes(LineageKind.DEPLOYMENT))
                .extracting(LineageNode::id)
                .containsExactly(deployment.id());
    }

    @Test
    void recordsWhoDeployedWhat() {
        Deployment deployment = deploy(versions.working(project, MODEL));

        Event event = events().stream()
                .filter(each -> each.kind() == EventKind.DEPLOYED)
                .findFirst()
                .orElseThrow();
        assertThat(event.asset()).isEqualTo(Asset.device(device.id()));
        assertThat(event.subject()).contains(deployment.model()).contains(device.name());
        assertThat(event.principal()).isEqualTo(mlops().principal().name());
        assertThat(deployment.requestedBy()).isEqualTo(mlops().principal().name());
    }

    @Test
    void aReaderSeesButDoesNotDeploy() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);
        project.access().grant(Subject.user("rita"), Privilege.READ);

        try (EdgeDeployer rita = asUser("rita")) {
            assertThat(rita.device(device.name()).id()).isEqualTo(device.id());
            assertThat(rita.inForce(device)).hasSize(1);
            assertThat(rita.health(deployment).state()).isEqualTo(InstanceHealth.State.READY);
            assertThatThrownBy(() -> rita.deploy(version, device)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.remove(deployment)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.stop(deployment)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.start(deployment)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.reconcile(device)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.register("gate")).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.retire(device)).isInstanceOf(AccessDeniedException.class);
            assertThatThrownBy(() -> rita.quarantine(device, Quarantine.SET_ASIDE))
                    .isInstanceOf(AccessDeniedException.class);
        }
        Endpoint.of(deployment).assertAnswers("1");
    }

    @Test
    void deployingNeedsThePrivilegeOnTheDeviceAndOnTheModel() {
        ModelVersion version = versions.working(project, MODEL);
        Subject olga = Subject.user("olga");
        project.access().grant(olga, Privilege.READ);
        project.access().grant(Asset.device(device.id()), olga, Privilege.DEPLOY);

        try (EdgeDeployer deployer = asUser("olga")) {
            assertThatThrownBy(() -> deployer.deploy(version, device, options().build()))
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining(MODEL);
            project.access().grant(Asset.model(version.modelId()), olga, Privilege.DEPLOY);

            assertThat(deployer.deploy(version, device, options().build()).requestedBy())
                    .isEqualTo("olga");
        }
    }

    @Test
    void doesNotShowDevicesToThoseWhoMayNotSeeThem() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);
        project.access().grant(Asset.model(version.modelId()), Subject.user("max"), Privilege.READ);

        try (EdgeDeployer max = asUser("max")) {
            assertThat(max.devices().toList()).isEmpty();
            assertThatThrownBy(() -> max.device(device.name())).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> max.deployment(deployment.id())).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> max.inForce(device)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> max.history(device).toList()).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> max.logs(deployment, 1)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> max.deploy(version, device)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void devicesOfAnotherProjectAreNotKnown() {
        Project other = mlops().projects().create(Scene.freshName());

        try (EdgeDeployer elsewhere = deployer(other)) {
            assertThatThrownBy(() -> elsewhere.check(device)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> elsewhere.deploy(versions.working(other, MODEL), device))
                    .isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void aNewDeployerKnowsWhatIsInForce() {
        ModelVersion version = versions.working(project, MODEL);
        Deployment deployment = deploy(version);
        edge.close();
        edge.close();

        edge = deployer(project);

        assertThat(edge.inForce(device)).extracting(Deployment::id).containsExactly(deployment.id());
        assertThat(edge.reconcile(device)).isEmpty();
        assertThat(deploy(version).id()).isEqualTo(deployment.id());
    }

    private Deployment deploy(ModelVersion version) {
        return edge.deploy(version, device, options().build());
    }

    private DeployOptions.Builder options() {
        return DeployOptions.builder().readyTimeout(readyWithin()).resources(resources());
    }

    private EdgeDeployer asUser(String name) {
        return deployer(mlops().as(Principal.user(name)).projects().open(project.name()));
    }

    private List<Event> events() {
        return project.events().list().toList();
    }

    private List<EventKind> kinds() {
        return events().stream().map(Event::kind).toList();
    }
}
