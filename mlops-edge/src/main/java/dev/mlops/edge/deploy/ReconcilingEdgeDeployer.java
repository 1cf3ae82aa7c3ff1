package dev.mlops.edge.deploy;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.edge.DeployOptions;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceCheck;
import dev.mlops.api.edge.DeviceSpec;
import dev.mlops.api.edge.EdgeDeployer;
import dev.mlops.api.edge.InstanceHealth;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.ModelRef;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.name.ResourceName;
import dev.mlops.api.page.Listing;
import dev.mlops.api.project.Project;
import dev.mlops.api.spi.device.DeviceEngine;
import dev.mlops.api.spi.device.InstanceStatus;
import dev.mlops.core.context.ProjectContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Stores what should be on a device, then makes the device so. Thread-safe; made for one project and the caller who
 * opened it.
 *
 * <pre>{@code
 * try (EdgeDeployer edge = ReconcilingEdgeDeployer.of(project, engine)) {
 *     Device camera = edge.register("camera-1");
 *     Deployment deployment = edge.deploy(ModelRef.parse("digits@champion"), camera);
 *     deployment.endpoint();      // http://127.0.0.1:49152/v2/models/digits/infer
 * }
 * }</pre>
 *
 * <p><b>Update.</b> The new instance starts beside the old one, on a port of its own, and must answer a number of
 * inferences; then one transaction puts it in force and the old one out of force, and only then the old instance goes.
 *
 * <p><b>Interruption.</b> Every call for a device first mends it: instances that no deployment wants are removed, those
 * in force are brought up again, unfinished deployments are taken up by a deploy of the same version with the same
 * options and ended by any other call. Calls of one deployer for one device wait for each other. Another process's
 * unfinished deployment is left alone while that process renews its claim on it; a deploy waits for that, and a claim
 * that was not renewed for 15 seconds (see {@link Builder#claim}) is over. The clocks of processes that share a store
 * should agree to a few seconds.
 *
 * <p>Ports are leased for each address, by the store; a port on which a stranger listens is passed over. The probe
 * goes to {@code 127.0.0.1}: the deployer runs on the device, or beside its engine.
 */
public final class ReconcilingEdgeDeployer implements EdgeDeployer {
    private static final int MAX_LOG_LINES = 10_000;

    private final Project project;
    private final ProjectContext context;
    private final Gate gate;
    private final Devices devices;
    private final Journal journal;
    private final Deploying deploying;
    private final Probe probe;
    private final @Nullable OkHttpClient ownHttp;

    private ReconcilingEdgeDeployer(Builder builder) {
        project = builder.project;
        context = ProjectContext.of(project);
        DeployerSettings settings = builder.settings;
        ownHttp = builder.http == null ? new OkHttpClient() : null;
        probe = new Probe(builder.http == null ? Objects.requireNonNull(ownHttp) : builder.http, settings);
        gate = new Gate(context);
        devices = new Devices(context, gate, new Engines(builder.defaultEngine(), builder.engines));
        journal = new Journal(context, settings);
        Launcher launcher = new Launcher(journal, context.content());
        Mender mender = new Mender(context, journal, launcher, settings.stopGrace());
        deploying = new Deploying(
                devices,
                new DeviceLocks(),
                new Beginning(context, gate, journal, settings.ports()),
                journal,
                mender,
                new Delivery(context, journal, launcher, probe, mender, settings.claim()),
                probe);
    }

    /** A deployer over one engine, which is the default one and has the name {@code default}; the caller closes it. */
    public static ReconcilingEdgeDeployer of(Project project, DeviceEngine engine) {
        return builder(project).engine(engine).build();
    }

    /** A builder for a deployer of a project's models; {@link Builder#engine(DeviceEngine)} must be said. */
    public static Builder builder(Project project) {
        return new Builder(project);
    }

    @Override
    public Device register(DeviceSpec spec) {
        return devices.register(spec);
    }

    @Override
    public Device device(String name) {
        return devices.device(name);
    }

    @Override
    public Listing<Device> devices() {
        return devices.list();
    }

    @Override
    public DeviceCheck check(Device device) {
        return devices.check(device);
    }

    @Override
    public Device quarantine(Device device, Quarantine quarantine) {
        return devices.quarantine(device, quarantine);
    }

    @Override
    public Device retire(Device device) {
        return devices.retire(device);
    }

    @Override
    public Deployment deploy(ModelVersion version, Device device, DeployOptions options) {
        return deploying.deploy(new Order(version, device, options));
    }

    @Override
    public Deployment deploy(ModelRef ref, Device device) {
        return deploy(project.models().version(ref), device);
    }

    @Override
    public List<Deployment> inForce(Device device) {
        return context.read(tx -> {
            Device known = gate.device(tx, device, Privilege.READ);
            return tx.devices().wanted(known.id()).stream()
                    .filter(deployment -> deployment.state() == DeploymentState.COMMITTED)
                    .toList();
        });
    }

    @Override
    public Optional<Deployment> inForce(Device device, String model) {
        String reference = model.contains("/") ? model : project.name() + "/" + model;
        return inForce(device).stream()
                .filter(deployment -> Order.modelOf(deployment.model()).equals(reference))
                .findFirst();
    }

    @Override
    public Listing<Deployment> history(Device device) {
        return Listing.of(page -> context.read(tx -> {
            Device known = gate.device(tx, device, Privilege.READ);
            return tx.devices().deployments(known.id(), page);
        }));
    }

    @Override
    public Deployment deployment(String id) {
        return context.read(tx -> gate.deployment(tx, id, Privilege.READ));
    }

    @Override
    public List<Deployment.Step> steps(Deployment deployment) {
        return context.read(tx -> {
            Deployment known = gate.deployment(tx, deployment.id(), Privilege.READ);
            List<Deployment.Step> steps = tx.devices().steps(known.id());
            String options = Journal.options(tx, known).toString();
            return Stream.concat(
                            steps.stream()
                                    .limit(1)
                                    .map(first -> new Deployment.Step(first.state(), options, first.at())),
                            steps.stream().skip(1))
                    .toList();
        });
    }

    @Override
    public InstanceHealth health(Deployment deployment) {
        Deployment known = deployment(deployment.id());
        try {
            return targetOf(known, Privilege.READ)
                    .ask(engine -> engine.inspect(known.instance()))
                    .map(status -> health(known, status))
                    .orElseGet(() -> new InstanceHealth(InstanceHealth.State.ABSENT, ""));
        } catch (UnavailableException e) {
            return new InstanceHealth(InstanceHealth.State.UNREACHABLE, String.valueOf(e.getMessage()));
        }
    }

    private InstanceHealth health(Deployment deployment, InstanceStatus status) {
        return switch (status.state()) {
            case CREATED -> new InstanceHealth(InstanceHealth.State.CREATED, status.detail());
            case EXITED -> new InstanceHealth(InstanceHealth.State.STOPPED, exit(status));
            case RUNNING ->
                probe.unready(deployment)
                        .map(problem -> new InstanceHealth(InstanceHealth.State.UNREADY, problem))
                        .orElseGet(() -> new InstanceHealth(InstanceHealth.State.READY, status.detail()));
        };
    }

    private static String exit(InstanceStatus status) {
        return status.exitCode() == null
                ? status.detail()
                : ("exit code " + status.exitCode() + " " + status.detail()).strip();
    }

    @Override
    public Deployment stop(Deployment deployment) {
        Deployment known = inForceNow(deployment);
        return deploying.want(known, targetOf(known, Privilege.DEPLOY), DesiredState.STOPPED, EventKind.STOPPED);
    }

    @Override
    public Deployment start(Deployment deployment) {
        Deployment known = inForceNow(deployment);
        Target target = targetOf(known, Privilege.DEPLOY);
        Beginning.requireInUse(target.device());
        return deploying.want(known, target, DesiredState.RUNNING, EventKind.STARTED);
    }

    private Deployment inForceNow(Deployment deployment) {
        Deployment known = context.read(tx -> gate.changeable(tx, deployment));
        if (known.state() != DeploymentState.COMMITTED) {
            throw new ConflictException(known + " is not in force; deploy the model version again");
        }
        return known;
    }

    @Override
    public Deployment remove(Deployment deployment) {
        Deployment known = context.read(tx -> gate.changeable(tx, deployment));
        if (known.state().isTerminal() && !Marks.hasLeftovers(known)) {
            return known;
        }
        return deploying.remove(
                known, targetOf(known, Privilege.DEPLOY), context.principal().name());
    }

    @Override
    public List<String> logs(Deployment deployment, int lines) {
        if (lines < 1 || lines > MAX_LOG_LINES) {
            throw new InvalidInputException("lines", lines, "must be 1 to " + MAX_LOG_LINES);
        }
        Deployment known = deployment(deployment.id());
        return targetOf(known, Privilege.READ).ask(engine -> engine.logs(known.instance(), lines));
    }

    @Override
    public List<String> reconcile(Device device) {
        return deploying.reconcile(devices.target(device, Privilege.DEPLOY)).done();
    }

    private Target targetOf(Deployment deployment, Privilege privilege) {
        return devices.target(context.<Device>read(tx -> gate.deviceOf(tx, deployment, privilege)));
    }

    @Override
    public void close() {
        if (ownHttp != null) {
            ownHttp.dispatcher().executorService().shutdown();
            ownHttp.connectionPool().evictAll();
        }
    }

    @Override
    public String toString() {
        return "edge deployer of " + project;
    }

    /** Builds {@link ReconcilingEdgeDeployer}. Not thread-safe. */
    public static final class Builder {
        /** The name of the engine that is given without one. */
        public static final String DEFAULT_ENGINE = "default";

        private final Project project;
        private final Map<String, DeviceEngine> engines = new LinkedHashMap<>();
        private DeployerSettings settings = DeployerSettings.DEFAULTS;
        private @Nullable OkHttpClient http;

        private Builder(Project project) {
            this.project = project;
        }

        /** The engine of devices that name none; the caller goes on owning and closes it. */
        public Builder engine(DeviceEngine engine) {
            return engine(DEFAULT_ENGINE, engine);
        }

        /**
         * An engine that devices name; the first one is the default unless {@link #engine(DeviceEngine)} says another.
         * The name is stored with the devices: keep it. The caller goes on owning the engine and closes it.
         */
        public Builder engine(String name, DeviceEngine engine) {
            engines.put(ResourceName.check("engine name", name), engine);
            return this;
        }

        /** The client whose connections probes use; one of its own by default. Not closed with the deployer. */
        public Builder http(OkHttpClient http) {
            this.http = http;
            return this;
        }

        /** The ports that deployments get, both among them; 49152 to 65535 by default. */
        public Builder ports(int first, int last) {
            settings = settings.withPorts(new PortRange(first, last));
            return this;
        }

        /** How many inferences in a row an instance must answer, 2 by default, and the pause between them, 200 ms. */
        public Builder probe(int passes, Duration interval) {
            if (passes < 1 || interval.isNegative()) {
                throw new InvalidInputException(
                        "probe", passes + " every " + interval, "must be 1 or more, at 0 or more");
            }
            settings = settings.withProbe(passes, interval);
            return this;
        }

        /**
         * How long an unfinished deployment of another process is left alone after that process was heard of last; 15
         * seconds by default, at least 100 ms. Processes renew their claims four times in this time.
         */
        public Builder claim(Duration claim) {
            if (claim.toMillis() < 100) {
                throw new InvalidInputException("claim", claim, "must be 100 ms or more");
            }
            settings = settings.withClaim(claim);
            return this;
        }

        /** How long an instance may take to end by itself before it is ended; 10 seconds by default. */
        public Builder stopGrace(Duration grace) {
            if (grace.isNegative()) {
                throw new InvalidInputException("stop grace", grace, "must not be negative");
            }
            settings = settings.withStopGrace(grace);
            return this;
        }

        /** Makes the deployer; {@link InvalidInputException} if it has no engine. */
        public ReconcilingEdgeDeployer build() {
            return new ReconcilingEdgeDeployer(this);
        }

        private String defaultEngine() {
            if (engines.isEmpty()) {
                throw new InvalidInputException(
                        "engine", null, "must be given; InProcessEngine needs nothing installed");
            }
            return engines.containsKey(DEFAULT_ENGINE)
                    ? DEFAULT_ENGINE
                    : engines.keySet().iterator().next();
        }
    }
}
