package dev.mlops.testkit.metadata;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.VersionNumbering;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Pin;
import dev.mlops.api.release.Release;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.spi.metadata.MetadataStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Makes things in a store, with ids and names that come once and ids that are ordered by time. */
record World(MetadataStore store) {
    static final Instant NOW = Instant.parse("2026-11-20T10:00:00.123Z");
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final String PROCESS =
            UUID.randomUUID().toString().replace("-", "").substring(0, 12);

    /** An id of 26 characters that sorts after those before it. */
    static String id() {
        return "%s%014d".formatted(PROCESS, COUNTER.incrementAndGet());
    }

    static String name(String prefix) {
        return prefix + "-" + PROCESS + "-" + COUNTER.incrementAndGet();
    }

    static Instant tick() {
        return NOW.plusMillis(COUNTER.incrementAndGet());
    }

    static Sha256 digest(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    ProjectInfo project() {
        return project(Visibility.PRIVATE);
    }

    ProjectInfo project(Visibility visibility) {
        ProjectInfo project = new ProjectInfo(id(), name("project"), visibility, "of a test", "alice", NOW);
        return store.transaction(tx -> {
            tx.projects().insert(project);
            return project;
        });
    }

    Grant grant(ProjectInfo project, Asset asset, Subject subject, Privilege privilege) {
        Grant grant = new Grant(project.id(), asset, subject, privilege, "alice", NOW);
        return store.transaction(tx -> {
            tx.grants().insert(grant);
            return grant;
        });
    }

    Experiment experiment(ProjectInfo project) {
        return experiment(project, name("experiment"));
    }

    Experiment experiment(ProjectInfo project, String name) {
        Experiment experiment = new Experiment(id(), project.id(), name, "", Lifecycle.ACTIVE, "alice", NOW);
        return store.transaction(tx -> {
            tx.experiments().insert(experiment);
            return experiment;
        });
    }

    Run run(Experiment experiment) {
        return run(experiment, name("run"), RunStatus.RUNNING);
    }

    Run run(Experiment experiment, String name, RunStatus status) {
        Run run = new Run(
                id(),
                experiment.projectId(),
                experiment.id(),
                experiment.name(),
                name,
                status,
                Lifecycle.ACTIVE,
                "alice",
                tick(),
                null,
                null);
        return store.transaction(tx -> {
            tx.runs().insert(run);
            return run;
        });
    }

    Dataset dataset(ProjectInfo project) {
        return dataset(project, name("data"), "");
    }

    Dataset dataset(ProjectInfo project, String name, String description) {
        Dataset dataset =
                new Dataset(id(), project.id(), name, description, Map.of("source", "test"), null, "alice", NOW);
        return store.transaction(tx -> {
            tx.datasets().insert(dataset);
            return dataset;
        });
    }

    DatasetVersion datasetVersion(ProjectInfo project, Dataset dataset, @Nullable String parentId) {
        return store.transaction(tx -> {
            long ordinal = tx.datasets().allocate(dataset.id());
            String name = "V%03d".formatted(ordinal);
            DatasetVersion version = new DatasetVersion(
                    id(),
                    project.id(),
                    dataset.id(),
                    project.name() + "/" + dataset.name() + ":" + name,
                    name,
                    ordinal,
                    parentId,
                    null,
                    "message",
                    Map.of("k", "v"),
                    digest(name),
                    10,
                    1000,
                    List.of(new SplitSummary("train", 8, 800), new SplitSummary("test", 2, 200)),
                    "bob",
                    "alice",
                    tick());
            tx.datasets().insertVersion(version);
            return version;
        });
    }

    Model model(ProjectInfo project) {
        return model(project, name("model"), "", Set.of());
    }

    Model model(ProjectInfo project, String name, String description, Set<String> labels) {
        Instant now = tick();
        Model model = new Model(
                id(), project.id(), name, description, labels, List.of(), VersionNumbering.COUNTED, "alice", now, now);
        return store.transaction(tx -> {
            tx.models().insert(model);
            return model;
        });
    }

    ModelVersion modelVersion(ProjectInfo project, Model model) {
        return modelVersion(project, model, null, List.of());
    }

    ModelVersion modelVersion(
            ProjectInfo project, Model model, @Nullable String runId, List<String> datasetVersionIds) {
        return store.transaction(tx -> {
            long ordinal = tx.models().allocate(model.id());
            ModelVersion version = new ModelVersion(
                    id(),
                    project.id(),
                    model.id(),
                    project.name() + "/" + model.name() + ":" + ordinal,
                    Long.toString(ordinal),
                    ordinal,
                    "title",
                    "comment",
                    ModelStatus.READY,
                    "",
                    null,
                    "a test",
                    List.of(new ModelFile("model.onnx", 42, digest("m" + ordinal))),
                    digest("v" + ordinal),
                    runId,
                    datasetVersionIds,
                    "alice",
                    tick());
            tx.models().insertVersion(version);
            return version;
        });
    }

    Application application(ProjectInfo project) {
        Application application = new Application(id(), project.id(), name("application"), "reads", null, "alice", NOW);
        return store.transaction(tx -> {
            tx.applications().insert(application);
            return application;
        });
    }

    ApplicationVersion applicationVersion(
            ProjectInfo project, Application application, List<ModelVersion> models, List<DatasetVersion> datasets) {
        return store.transaction(tx -> {
            long number = tx.applications().allocateVersion(application.id());
            ApplicationVersion version = new ApplicationVersion(
                    id(),
                    project.id(),
                    application.id(),
                    project.name() + "/" + application.name() + ":" + number,
                    number,
                    "comment",
                    models.stream()
                            .map(model -> new Pin(model.id(), model.reference()))
                            .toList(),
                    datasets.stream()
                            .map(data -> new Pin(data.id(), data.reference()))
                            .toList(),
                    "alice",
                    tick());
            tx.applications().insertVersion(version);
            return version;
        });
    }

    /** A release that is not in the store yet. */
    Release newRelease(ApplicationVersion version, @Nullable String replacedId) {
        long number = store.transaction(tx -> tx.applications().allocateRelease(version.applicationId()));
        return new Release(
                id(),
                version.projectId(),
                version.applicationId(),
                number,
                Release.Kind.RELEASE,
                version,
                null,
                replacedId,
                null,
                "alice",
                tick());
    }

    /** A release that is in force. */
    Release release(ApplicationVersion version, @Nullable String replacedId) {
        Release release = newRelease(version, replacedId);
        boolean done = store.transaction(tx -> tx.applications().insertRelease(release, replacedId));
        if (!done) {
            throw new AssertionError("release was refused: " + release);
        }
        return release;
    }

    Device device(ProjectInfo project) {
        return device(project, name("unix:///run/docker"));
    }

    Device device(ProjectInfo project, String address) {
        Device device = new Device(
                id(),
                project.id(),
                name("device"),
                "docker",
                address,
                "on a shelf",
                Map.of("site", "lab"),
                DeviceState.REGISTERED,
                null,
                "alice",
                NOW);
        return store.transaction(tx -> {
            tx.devices().insert(device);
            return device;
        });
    }

    /** A deployment that is not in the store yet. */
    Deployment newDeployment(Device device, ModelVersion version, int port) {
        long number = store.transaction(tx -> tx.devices().allocate(device.id()));
        Instant now = tick();
        return new Deployment(
                id(),
                device.projectId(),
                device.id(),
                device.name(),
                version.id(),
                version.reference(),
                number,
                DeploymentState.QUEUED,
                DesiredState.RUNNING,
                "mlops-" + number,
                port,
                "asked for",
                "alice",
                now,
                now);
    }

    Deployment deployment(Device device, ModelVersion version, int port) {
        Deployment deployment = newDeployment(device, version, port);
        return store.transaction(tx -> {
            tx.devices().insertDeployment(deployment);
            return deployment;
        });
    }

    /** An event that is not in the store yet. */
    Event newEvent(ProjectInfo project, Asset asset, String subject) {
        return new Event("", project.id(), tick(), "alice", EventKind.UPDATED, asset, subject, null, "{\"a\":1}");
    }

    Event event(ProjectInfo project, Asset asset, String subject) {
        Event event = newEvent(project, asset, subject);
        return store.transaction(tx -> {
            tx.events().append(event);
            return event;
        });
    }
}
