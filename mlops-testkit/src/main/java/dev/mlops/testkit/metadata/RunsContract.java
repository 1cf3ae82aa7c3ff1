package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Experiments, and runs with their params, tags, artifacts and uses of data. */
public abstract class RunsContract extends MetadataStoreContract {
    /** For subclasses. */
    protected RunsContract() {}

    @Test
    void findsAnExperimentByNameAndId() {
        Experiment experiment = world().experiment(world().project(), "Größe / Δ 1.0");

        assertThat(find(tx -> tx.experiments().find(experiment.projectId(), "Größe / Δ 1.0")))
                .contains(experiment);
        assertThat(find(tx -> tx.experiments().findById(experiment.id()))).contains(experiment);
        assertThat(find(tx -> tx.experiments().find(experiment.projectId(), "größe / Δ 1.0")))
                .isEmpty();
    }

    @Test
    void aNameOfAnExperimentIsTakenInItsProjectOnly() {
        ProjectInfo project = world().project();
        world().experiment(project, "same");
        world().experiment(world().project(), "same");

        assertThatExceptionOfType(AlreadyExistsException.class)
                .isThrownBy(() -> world().experiment(project, "same"))
                .withMessageContaining("same");
    }

    @Test
    void listsExperimentsByNameAndLifecycle() {
        ProjectInfo project = world().project();
        Experiment b = world().experiment(project, "b");
        Experiment upper = world().experiment(project, "B");
        Experiment gone = delete(world().experiment(project, "a"));

        assertThat(experiments(project, LifecycleView.ACTIVE_ONLY, HOST)).containsExactly(upper, b);
        assertThat(experiments(project, LifecycleView.DELETED_ONLY, HOST)).containsExactly(gone);
        assertThat(experiments(project, LifecycleView.ALL, HOST)).containsExactly(upper, gone, b);
        assertThat(find(tx -> tx.experiments().find(project.id(), "a"))).contains(gone);
    }

    @Test
    void listsOnlyTheExperimentsThatTheViewerMayRead() {
        ProjectInfo project = world().project();
        Experiment granted = world().experiment(project);
        world().experiment(project);
        world().grant(project, Asset.experiment(granted.id()), Subject.user("bob"), Privilege.DELETE);

        assertThat(experiments(project, LifecycleView.ALL, Principal.user("bob")))
                .containsExactly(granted);
        assertThat(experiments(project, LifecycleView.ALL, Principal.user("eve")))
                .isEmpty();
        assertThat(experiments(world().project(Visibility.PUBLIC), LifecycleView.ALL, HOST))
                .isEmpty();
    }

    @Test
    void numbersRunsFromOneAndRefusesAnUnknownExperiment() {
        Experiment experiment = world().experiment(world().project());

        assertThat(this.<Long>write(tx -> tx.experiments().nextRunNumber(experiment.id())))
                .isEqualTo(1);
        assertThat(this.<Long>write(tx -> tx.experiments().nextRunNumber(experiment.id())))
                .isEqualTo(2);
        assertThatThrownBy(() -> this.<Long>write(tx -> tx.experiments().nextRunNumber("none")))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void keepsARunAndItsEnd() {
        Experiment experiment = world().experiment(world().project());
        Run run = world().run(experiment);
        assertThat(find(tx -> tx.runs().find(run.id()))).contains(run);

        Run ended = new Run(
                run.id(),
                run.projectId(),
                run.experimentId(),
                run.experiment(),
                "renamed",
                RunStatus.FAILED,
                Lifecycle.DELETED,
                run.startedBy(),
                run.startedAt(),
                World.NOW,
                "java.lang.Exception: out of memory");
        change(tx -> {
            assertThat(tx.runs().lock(run.id())).contains(run);
            tx.runs().update(ended);
        });

        assertThat(find(tx -> tx.runs().find(run.id()))).contains(ended);
        assertThat(find(tx -> tx.runs().find("none"))).isEmpty();
    }

    @Test
    void aRunNeedsItsExperiment() {
        Experiment unknown = new Experiment(
                World.id(), world().project().id(), "never stored", "", Lifecycle.ACTIVE, "alice", World.NOW);

        assertThatThrownBy(() -> world().run(unknown)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void ofSeveralThatEndARunAtOnceOneFindsItRunning() {
        Run run = run();

        List<Boolean> ended = together(
                5,
                () -> this.<Boolean>write(tx -> {
                    Run now = tx.runs().lock(run.id()).orElseThrow();
                    if (now.status() != RunStatus.RUNNING) {
                        return false;
                    }
                    tx.runs().update(ended(now, RunStatus.FINISHED));
                    return true;
                }));

        assertThat(ended).containsOnlyOnce(true);
    }

    @Test
    void paramsAreInsertedOnceAndThoseThatAreThereAreGiven() {
        Run run = run();

        assertThat(params(run, Map.of("lr", "0.1", "kind", "softmax"))).isEmpty();
        assertThat(params(run, Map.of("lr", "0.2", "depth", "3", "kind", "softmax")))
                .isEqualTo(Map.of("lr", "0.1", "kind", "softmax"));
        assertThat(params(run, Map.of())).isEmpty();
        assertThat(data(run).params()).isEqualTo(Map.of("lr", "0.1", "kind", "softmax", "depth", "3"));
    }

    @Test
    void ofSeveralThatSetAParamAtOnceAllSeeOneValue() {
        Run run = run();

        List<String> seen = together(5, () -> {
            String mine = World.id();
            return params(run, Map.of("p", mine)).getOrDefault("p", mine);
        });

        assertThat(seen).containsOnly(data(run).params().get("p"));
    }

    @Test
    void tagsAreReplacedAndRemoved() {
        Run run = run();
        change(tx -> tx.runs().setTags(run.id(), Map.of("a", "1", "b", "2")));
        change(tx -> tx.runs().setTags(run.id(), Map.of("b", "3", "c", "")));
        change(tx -> tx.runs().setTags(run.id(), Map.of()));

        assertThat(this.<Boolean>write(tx -> tx.runs().removeTag(run.id(), "a")))
                .isTrue();
        assertThat(this.<Boolean>write(tx -> tx.runs().removeTag(run.id(), "a")))
                .isFalse();
        assertThat(data(run).tags()).isEqualTo(Map.of("b", "3", "c", ""));
    }

    @Test
    void artifactsAreReplacedAndListedBelowAPath() {
        Run run = run();
        for (String path : List.of("plots/b.png", "plots/a.png", "plots", "plots2/c.png", "plots.txt", "model.onnx")) {
            put(run, path, "first");
        }
        Artifact replaced = put(run, "model.onnx", "second");

        assertThat(find(tx -> tx.runs().findArtifact(run.id(), "model.onnx"))).contains(replaced);
        assertThat(find(tx -> tx.runs().findArtifact(run.id(), "model"))).isEmpty();
        assertThat(paths(run, ""))
                .containsExactly("model.onnx", "plots", "plots.txt", "plots/a.png", "plots/b.png", "plots2/c.png");
        assertThat(paths(run, "plots")).containsExactly("plots", "plots/a.png", "plots/b.png");
        assertThat(paths(run, "plots/a.png")).containsExactly("plots/a.png");
        assertThat(paths(run, "%")).isEmpty();
    }

    @Test
    void usesOfDataAreKeptOnceInTheirOrder() {
        ProjectInfo project = world().project();
        Run run = world().run(world().experiment(project));
        Dataset dataset = world().dataset(project);
        DatasetVersion first = world().datasetVersion(project, dataset, null);
        DatasetVersion second = world().datasetVersion(project, dataset, first.id());
        List<DatasetUse> uses = List.of(
                new DatasetUse(second.id(), second.reference(), DatasetUse.Role.TEST, "test"),
                new DatasetUse(second.id(), second.reference(), DatasetUse.Role.TRAIN, "train"),
                new DatasetUse(first.id(), first.reference(), DatasetUse.Role.TRAIN, null));
        uses.forEach(use -> change(tx -> tx.runs().addDatasetUse(run.id(), use)));
        change(tx -> uses.forEach(use -> tx.runs().addDatasetUse(run.id(), use)));

        assertThat(list(tx -> tx.runs().datasetUses(run.id()))).isEqualTo(uses);
        assertThat(data(run).datasets()).isEqualTo(uses);
    }

    @Test
    void dataHoldsAllThatBelongsToARun() {
        ProjectInfo project = world().project();
        Run run = world().run(world().experiment(project));
        params(run, Map.of("lr", "0.1"));
        change(tx -> tx.runs().setTags(run.id(), Map.of("team", "vision")));
        Metric metric = new Metric("accuracy", 0.9, 3, World.NOW);
        change(tx -> tx.metrics().append(run.id(), List.of(metric, new Metric("accuracy", 0.8, 2, World.NOW))));
        ModelVersion version = world().modelVersion(project, world().model(project), run.id(), List.of());

        assertThat(data(run))
                .isEqualTo(new RunData(
                        run,
                        Map.of("lr", "0.1"),
                        Map.of("team", "vision"),
                        Map.of("accuracy", metric),
                        List.of(),
                        List.of(version.reference())));
        assertThat(list(tx -> tx.runs().modelVersions(run.id()))).containsExactly(version.reference());
        assertThat(find(tx -> tx.runs().data("none"))).isEmpty();
    }

    @Test
    void purgesARunWithAllThatBelongsToIt() {
        ProjectInfo project = world().project();
        Run run = world().run(world().experiment(project));
        DatasetVersion version = world().datasetVersion(project, world().dataset(project), null);
        params(run, Map.of("lr", "0.1"));
        put(run, "model.onnx", "bytes");
        change(tx -> tx.metrics().append(run.id(), List.of(new Metric("m", 1, 1, World.NOW))));
        change(tx -> tx.runs()
                .addDatasetUse(
                        run.id(), new DatasetUse(version.id(), version.reference(), DatasetUse.Role.TRAIN, null)));

        change(tx -> tx.runs().purge(run.id()));

        assertThat(find(tx -> tx.runs().data(run.id()))).isEmpty();
        assertThat(paths(run, "")).isEmpty();
        assertThat(list(tx -> tx.datasets().users(version.id()))).isEmpty();
        assertThat(readAll(5, (tx, page) -> tx.metrics().history(run.id(), "m", page)))
                .isEmpty();
    }

    @Test
    void aRunFromWhichModelVersionsComeCannotBePurged() {
        ProjectInfo project = world().project();
        Run run = world().run(world().experiment(project));
        world().modelVersion(project, world().model(project), run.id(), List.of());

        assertThatThrownBy(() -> change(tx -> tx.runs().purge(run.id()))).isInstanceOf(RuntimeException.class);
        assertThat(find(tx -> tx.runs().find(run.id()))).contains(run);
    }

    private Run run() {
        return world().run(world().experiment(world().project()));
    }

    static Run ended(Run run, RunStatus status) {
        return new Run(
                run.id(),
                run.projectId(),
                run.experimentId(),
                run.experiment(),
                run.name(),
                status,
                run.lifecycle(),
                run.startedBy(),
                run.startedAt(),
                World.NOW,
                null);
    }

    private Experiment delete(Experiment experiment) {
        Experiment deleted = new Experiment(
                experiment.id(),
                experiment.projectId(),
                experiment.name(),
                "in the bin",
                Lifecycle.DELETED,
                experiment.createdBy(),
                experiment.createdAt());
        change(tx -> tx.experiments().update(deleted));
        return deleted;
    }

    private List<Experiment> experiments(ProjectInfo project, LifecycleView view, Principal viewer) {
        return readAll(1, (tx, page) -> tx.experiments().list(project.id(), view, viewer, page));
    }

    private Map<String, String> params(Run run, Map<String, String> params) {
        return write(tx -> tx.runs().insertParams(run.id(), params));
    }

    private RunData data(Run run) {
        return find(tx -> tx.runs().data(run.id())).orElseThrow();
    }

    private Artifact put(Run run, String path, String content) {
        Artifact artifact =
                new Artifact(path, content.length(), World.digest(content), "application/octet-stream", World.NOW);
        change(tx -> tx.runs().putArtifact(run.id(), artifact));
        return artifact;
    }

    private List<String> paths(Run run, String below) {
        return readAll(2, (tx, page) -> tx.runs().artifacts(run.id(), below, page)).stream()
                .map(Artifact::path)
                .toList();
    }
}
