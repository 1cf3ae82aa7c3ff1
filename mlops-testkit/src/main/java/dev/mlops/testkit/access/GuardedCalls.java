package dev.mlops.testkit.access;

import static dev.mlops.api.access.Privilege.ADMIN;
import static dev.mlops.api.access.Privilege.DELETE;
import static dev.mlops.api.access.Privilege.DEPLOY;
import static dev.mlops.api.access.Privilege.EDIT;
import static dev.mlops.api.access.Privilege.PUBLISH;
import static dev.mlops.api.access.Privilege.READ;
import static dev.mlops.testkit.access.Place.APPLICATION;
import static dev.mlops.testkit.access.Place.DATA;
import static dev.mlops.testkit.access.Place.EXPERIMENT;
import static dev.mlops.testkit.access.Place.MODEL;
import static dev.mlops.testkit.access.Place.PROJECT;
import static dev.mlops.testkit.access.Place.SPARE_DATA;
import static dev.mlops.testkit.access.Place.SPARE_MODEL;

import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Branches;
import dev.mlops.api.dataset.CopyOptions;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.RetentionPolicy;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.AliasExpectation;
import dev.mlops.api.model.ImportOptions;
import dev.mlops.api.model.ImportSource;
import dev.mlops.api.model.ModelSpec;
import dev.mlops.api.model.ModelUpdate;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.project.Project;
import dev.mlops.api.release.ReleaseOptions;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.object.MapObjectStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Every call of the services that needs a privilege, with what it needs. */
final class GuardedCalls {
    private GuardedCalls() {}

    static List<GuardedCall> all() {
        List<GuardedCall> calls = new ArrayList<>();
        calls.addAll(ofModels());
        calls.addAll(ofModelChanges());
        calls.addAll(ofDatasets());
        calls.addAll(ofBranches());
        calls.addAll(ofRuns());
        calls.addAll(ofApplications());
        calls.addAll(ofLineage());
        calls.addAll(ofAccess());
        return calls;
    }

    private static GuardedCall call(Privilege privilege, Place place, String name, GuardedCall.Action action) {
        return GuardedCall.of(privilege, place, name, action);
    }

    private static List<GuardedCall> ofModels() {
        return List.of(
                call(READ, MODEL, "models.model", (as, it) -> as.models().model("classifier")),
                call(
                        READ,
                        MODEL,
                        "models.versions",
                        (as, it) -> as.models().versions("classifier").toList()),
                call(READ, MODEL, "models.version", (as, it) -> as.models().version("classifier:1")),
                call(
                        READ,
                        MODEL,
                        "models.version by alias",
                        (as, it) -> as.models().version("classifier@champion")),
                call(READ, MODEL, "models.aliases", (as, it) -> as.models().aliases("classifier")),
                call(
                        READ,
                        MODEL,
                        "models.aliasHistory",
                        (as, it) -> as.models()
                                .aliasHistory("classifier", Alias.of("champion"))
                                .toList()),
                call(READ, MODEL, "models.open", (as, it) -> close(as.models().open(it.model(), Scene.MODEL_FILE))),
                call(READ, MODEL, "models.download", (as, it) -> as.models().download(it.model(), temporary())));
    }

    private static List<GuardedCall> ofModelChanges() {
        return List.of(
                call(EDIT, PROJECT, "models.create", (as, it) -> as.models().create(ModelSpec.of("new"))),
                call(
                        EDIT,
                        MODEL,
                        "models.update",
                        (as, it) -> as.models().update("classifier", ModelUpdate.description("changed"))),
                call(
                        EDIT,
                        MODEL,
                        "models.importVersion",
                        (as, it) -> as.models().importVersion("classifier", file())),
                call(
                        EDIT,
                        PROJECT,
                        "models.importVersion of a new model",
                        (as, it) -> as.models().importVersion("new", file())),
                call(
                                EDIT,
                                MODEL,
                                "models.importVersion of an artifact",
                                (as, it) -> as.models()
                                        .importVersion(
                                                "classifier",
                                                ImportSource.runArtifact(
                                                        it.run().id(), Scene.MODEL_FILE)))
                        .also(READ, EXPERIMENT),
                call(
                                EDIT,
                                MODEL,
                                "models.importVersion made from data",
                                (as, it) -> as.models()
                                        .importVersion(
                                                "classifier",
                                                file(),
                                                ImportOptions.builder()
                                                        .madeFrom(it.data())
                                                        .build()))
                        .also(READ, DATA),
                call(PUBLISH, MODEL, "models.setAlias", (as, it) -> as.models().setAlias(it.model(), "stable")),
                call(
                        PUBLISH,
                        MODEL,
                        "models.removeAlias",
                        (as, it) -> as.models().removeAlias("classifier", Alias.of("champion"), AliasExpectation.ANY)),
                call(
                        DELETE,
                        SPARE_MODEL,
                        "models.deleteVersion",
                        (as, it) -> as.models().deleteVersion(it.spareModel())),
                call(
                        DELETE,
                        SPARE_MODEL,
                        "models.destroy",
                        (as, it) -> as.models().destroy("spare")));
    }

    private static List<GuardedCall> ofDatasets() {
        return List.of(
                call(READ, DATA, "datasets.version", (as, it) -> as.datasets().version("data:V001")),
                call(
                        READ,
                        DATA,
                        "datasets.versions",
                        (as, it) -> as.datasets().versions("data").toList()),
                call(
                        READ,
                        DATA,
                        "datasets.files",
                        (as, it) -> as.datasets().files(it.data()).toList()),
                call(
                        READ,
                        DATA,
                        "datasets.open",
                        (as, it) -> close(as.datasets().open(it.data(), "data.csv"))),
                call(
                        READ,
                        DATA,
                        "datasets.openChannel",
                        (as, it) -> close(as.datasets().openChannel(it.data(), "data.csv"))),
                call(
                        READ,
                        DATA,
                        "datasets.samples",
                        (as, it) -> as.datasets()
                                .samples(it.data(), SampleOptions.defaults())
                                .close()),
                call(
                        READ,
                        DATA,
                        "datasets.directDownload",
                        (as, it) -> as.datasets().directDownload(it.data(), "data.csv", Duration.ofMinutes(1))),
                call(
                        READ,
                        DATA,
                        "datasets.materialise",
                        (as, it) -> as.datasets().materialise(it.data(), temporary())),
                call(
                        READ,
                        DATA,
                        "datasets.verify",
                        (as, it) -> as.datasets().verify(it.data(), ProgressListener.NONE, new Cancellation())),
                call(READ, DATA, "datasets.diff", (as, it) -> as.datasets().diff(it.data(), it.data())),
                call(EDIT, PROJECT, "datasets.create", (as, it) -> as.datasets().create("new")),
                call(EDIT, DATA, "datasets.update", (as, it) -> as.datasets().update("data", "changed", Map.of())),
                call(
                        EDIT,
                        DATA,
                        "datasets.publish",
                        (as, it) -> as.datasets()
                                .publish(
                                        "data",
                                        List.of(FileSource.of("a", new byte[1])).iterator(),
                                        PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.publish of objects",
                        (as, it) -> as.datasets()
                                .publish(
                                        "data",
                                        new MapObjectStore().with("a", new byte[1]),
                                        "",
                                        PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.publishArchive",
                        (as, it) -> as.datasets().publishArchive("data", zip(), PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.preview",
                        (as, it) -> as.datasets().preview("data", temporary(), PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.preview of files",
                        (as, it) -> as.datasets()
                                .preview(
                                        "data",
                                        List.of(FileSource.of("a", new byte[1])).iterator(),
                                        PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.preview of objects",
                        (as, it) -> as.datasets()
                                .preview(
                                        "data",
                                        new MapObjectStore().with("a", new byte[1]),
                                        "",
                                        PublishOptions.defaults())),
                call(
                        EDIT,
                        DATA,
                        "datasets.previewArchive",
                        (as, it) -> as.datasets()
                                .previewArchive(
                                        "data",
                                        Files.write(temporary().resolve("zip"), zip().readAllBytes()),
                                        PublishOptions.defaults())),
                call(
                        EDIT,
                        PROJECT,
                        "datasets.publish of a new one",
                        (as, it) -> as.datasets()
                                .publish(
                                        "new",
                                        List.of(FileSource.of("a", new byte[1])).iterator(),
                                        PublishOptions.defaults())),
                call(
                        DELETE,
                        SPARE_DATA,
                        "datasets.deleteVersion",
                        (as, it) -> as.datasets().deleteVersion(it.spareData())),
                call(
                        EDIT,
                        PROJECT,
                        "datasets.pull",
                        (as, it) -> as.datasets().pull(as.datasets(), it.data(), CopyOptions.DEFAULTS.into("copy"))),
                call(
                        DELETE,
                        SPARE_DATA,
                        "datasets.prune",
                        (as, it) -> as.datasets().prune("spare", RetentionPolicy.keepLast(1))),
                call(
                        DELETE,
                        SPARE_DATA,
                        "datasets.destroy",
                        (as, it) -> as.datasets().destroy("spare")));
    }

    private static List<GuardedCall> ofBranches() {
        return List.of(
                call(READ, DATA, "branches.find", (as, it) -> branches(as).find(Branch.MAIN)),
                call(
                        READ,
                        DATA,
                        "branches.list",
                        (as, it) -> branches(as).list().toList()),
                call(
                        READ,
                        DATA,
                        "branches.tags",
                        (as, it) -> branches(as).tags().toList()),
                call(
                        READ,
                        DATA,
                        "branches.contributions",
                        (as, it) -> branches(as).contributions().toList()),
                call(
                        READ,
                        DATA,
                        "branches.commonAncestor",
                        (as, it) -> branches(as).commonAncestor(it.data(), it.data())),
                call(READ, DATA, "branches.conflicts", (as, it) -> branches(as).conflicts(Branch.MAIN, Branch.MAIN)),
                call(
                        READ,
                        DATA,
                        "a version by branch",
                        (as, it) -> as.datasets().version("data@main")),
                call(EDIT, DATA, "branches.create", (as, it) -> branches(as).create("new", it.data())),
                call(EDIT, DATA, "branches.tag", (as, it) -> branches(as).tag("new", it.data())),
                call(EDIT, DATA, "branches.move", (as, it) -> branches(as).move(Branch.MAIN, it.data(), it.data()))
                        .also(PUBLISH, DATA),
                call(
                                EDIT,
                                DATA,
                                "datasets.moveCurrent",
                                (as, it) -> as.datasets().moveCurrent(it.data(), it.data()))
                        .also(PUBLISH, DATA));
    }

    private static Branches branches(Project project) {
        return project.datasets().branches("data");
    }

    private static List<GuardedCall> ofRuns() {
        return List.of(
                call(
                        READ,
                        EXPERIMENT,
                        "runs.run",
                        (as, it) -> as.runs().run(it.run().id())),
                call(
                        READ,
                        EXPERIMENT,
                        "runs.data",
                        (as, it) -> as.runs().data(it.run().id())),
                call(
                        READ,
                        EXPERIMENT,
                        "runs.metricHistory",
                        (as, it) -> as.runs()
                                .metricHistory(it.run().id(), "accuracy")
                                .toList()),
                call(
                        READ,
                        EXPERIMENT,
                        "runs.artifacts",
                        (as, it) -> as.runs().artifacts(it.run().id()).toList()),
                call(
                        READ,
                        EXPERIMENT,
                        "runs.openArtifact",
                        (as, it) -> close(as.runs().openArtifact(it.run().id(), Scene.MODEL_FILE))),
                call(
                        EDIT,
                        PROJECT,
                        "runs.createExperiment",
                        (as, it) -> as.runs().createExperiment("new")),
                call(
                        EDIT,
                        PROJECT,
                        "runs.start in a new experiment",
                        (as, it) -> as.runs().start("new").finish()),
                call(
                        EDIT,
                        EXPERIMENT,
                        "runs.start",
                        (as, it) -> as.runs().start("training").finish()),
                call(
                        DELETE,
                        EXPERIMENT,
                        "runs.delete",
                        (as, it) -> as.runs().delete(it.run().id())),
                call(
                        DELETE,
                        EXPERIMENT,
                        "runs.restore",
                        (as, it) -> as.runs().restore(it.run().id())),
                call(
                        DELETE,
                        EXPERIMENT,
                        "runs.deleteExperiment",
                        (as, it) -> as.runs().deleteExperiment("training")),
                call(
                        DELETE,
                        EXPERIMENT,
                        "runs.restoreExperiment",
                        (as, it) -> as.runs().restoreExperiment("training")));
    }

    private static List<GuardedCall> ofApplications() {
        return List.of(
                call(
                        READ,
                        APPLICATION,
                        "applications.version",
                        (as, it) -> as.applications().version("reader", 1)),
                call(
                        READ,
                        APPLICATION,
                        "applications.versions",
                        (as, it) -> as.applications().versions("reader").toList()),
                call(
                        READ,
                        APPLICATION,
                        "applications.current",
                        (as, it) -> as.applications().current("reader")),
                call(
                        READ,
                        APPLICATION,
                        "applications.releases",
                        (as, it) -> as.applications().releases("reader").toList()),
                call(
                        EDIT,
                        PROJECT,
                        "applications.create",
                        (as, it) -> as.applications().create("new")),
                call(
                                EDIT,
                                APPLICATION,
                                "applications.createVersion",
                                (as, it) ->
                                        as.applications().createVersion("reader", List.of(it.model()), List.of(), ""))
                        .also(READ, MODEL),
                call(
                                EDIT,
                                APPLICATION,
                                "applications.createVersion with data",
                                (as, it) ->
                                        as.applications().createVersion("reader", List.of(), List.of(it.data()), ""))
                        .also(READ, DATA),
                call(
                        DEPLOY,
                        APPLICATION,
                        "applications.release",
                        (as, it) -> as.applications().release(it.application())),
                call(
                                DEPLOY,
                                APPLICATION,
                                "applications.release with an alias",
                                (as, it) -> as.applications()
                                        .release(
                                                it.application(),
                                                ReleaseOptions.builder()
                                                        .alias("live")
                                                        .build()))
                        .also(PUBLISH, MODEL),
                call(
                        DEPLOY,
                        APPLICATION,
                        "applications.rollback",
                        (as, it) -> as.applications()
                                .rollback(it.project().applications().release(it.application()))),
                call(
                        DELETE,
                        APPLICATION,
                        "applications.deleteVersion",
                        (as, it) -> as.applications()
                                .deleteVersion(it.project()
                                        .applications()
                                        .createVersion("reader", List.of(it.model()), List.of(), ""))),
                call(
                        DELETE,
                        APPLICATION,
                        "applications.destroy",
                        (as, it) -> as.applications().destroy("reader")));
    }

    private static List<GuardedCall> ofLineage() {
        return List.of(
                call(
                        READ,
                        MODEL,
                        "lineage of a model version",
                        (as, it) -> as.lineage().upstreamOf(it.model())),
                call(
                        READ,
                        DATA,
                        "lineage of a data set version",
                        (as, it) -> as.lineage().downstreamOf(it.data())),
                call(
                        READ,
                        EXPERIMENT,
                        "lineage of a run",
                        (as, it) -> as.lineage().upstreamOf(it.run())),
                call(
                        READ,
                        APPLICATION,
                        "lineage of a release",
                        (as, it) -> as.lineage().upstreamOf(it.release())));
    }

    private static List<GuardedCall> ofAccess() {
        Subject bob = Subject.user("bob");
        return List.of(
                call(
                        ADMIN,
                        PROJECT,
                        "access.grants",
                        (as, it) -> as.access().grants().toList()),
                call(ADMIN, PROJECT, "access.grant", (as, it) -> as.access().grant(bob, READ)),
                call(
                        ADMIN,
                        MODEL,
                        "access.grant on an asset",
                        (as, it) -> as.access().grant(MODEL.in(it), bob, READ)),
                call(ADMIN, MODEL, "access.revoke on an asset", (as, it) -> {
                    it.project().access().grant(MODEL.in(it), bob, READ);
                    as.access().revoke(MODEL.in(it), bob, READ);
                }));
    }

    private static ImportSource file() throws Exception {
        return ImportSource.file(Files.writeString(temporary().resolve("model.txt"), "weights"));
    }

    private static InputStream zip() throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("a"));
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static Path temporary() throws Exception {
        Path directory = Files.createTempDirectory("mlops-contract");
        directory.toFile().deleteOnExit();
        return directory;
    }

    private static void close(AutoCloseable in) throws Exception {
        in.close();
    }
}
