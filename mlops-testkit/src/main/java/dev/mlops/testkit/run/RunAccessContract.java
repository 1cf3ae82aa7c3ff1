package dev.mlops.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.api.dataset.Split;
import dev.mlops.api.error.AccessDeniedException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunTracker;
import dev.mlops.testkit.fixture.Scene;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may do what with runs, and which data a run may use. Inherit it and say which store to use. */
public abstract class RunAccessContract {
    private final String alice = "alice-" + UUID.randomUUID();
    private Project project;
    private ActiveRun seen;
    private ActiveRun hidden;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected RunAccessContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeRuns() {
        project = mlops().projects().create(Scene.freshName());
        seen = project.runs().start("seen");
        seen.metric("loss", 1);
        seen.flush();
        hidden = project.runs().start("hidden");
        grant("seen", Privilege.READ);
    }

    @AfterEach
    void closeRuns() {
        seen.close();
        hidden.close();
    }

    private void grant(String experiment, Privilege privilege) {
        Experiment found = project.runs().findExperiment(experiment).orElseThrow();
        project.access().grant(Asset.experiment(found.id()), Subject.user(alice), privilege);
    }

    private RunTracker aliceRuns() {
        return mlops().as(Principal.user(alice)).projects().open(project.name()).runs();
    }

    @Test
    void listsAndSearchesGiveOnlyWhatTheCallerMayRead() {
        assertThat(aliceRuns()
                        .experiments(LifecycleView.ALL)
                        .map(Experiment::name)
                        .toList())
                .containsExactly("seen");
        assertThat(aliceRuns().search(RunQuery.all()).map(found -> found.id()).toList())
                .containsExactly(seen.id());
        assertThat(aliceRuns().findExperiment("hidden")).isEmpty();
        assertThat(aliceRuns().data(seen.id()).metric("loss")).isEqualTo(1);
        assertThat(aliceRuns().metricHistory(seen.id(), "loss").toList()).hasSize(1);
    }

    @Test
    void whatTheCallerMayNotReadDoesNotExistForHim() {
        RunTracker runs = aliceRuns();
        assertNotFound(() -> runs.run(hidden.id()));
        assertNotFound(() -> runs.data(hidden.id()));
        assertNotFound(() -> runs.resume(hidden.id()));
        assertNotFound(() -> runs.metricHistory(hidden.id(), "loss").toList());
        assertNotFound(() -> runs.artifacts(hidden.id()).toList());
        assertNotFound(() -> runs.openArtifact(hidden.id(), "a"));
        assertNotFound(() -> runs.delete(hidden.id()));
        assertNotFound(() -> runs.restore(hidden.id()));
        assertNotFound(() -> runs.purge(hidden.id()));
        assertNotFound(() -> runs.start("hidden"));
        assertNotFound(() -> runs.deleteExperiment("hidden"));
    }

    private static void assertNotFound(Runnable call) {
        assertThatThrownBy(call::run).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aReaderLacksEditAndDelete() {
        RunTracker runs = aliceRuns();
        assertLacks("edit", () -> runs.start("seen"));
        assertLacks("edit", () -> runs.resume(seen.id()));
        assertLacks("delete", () -> runs.delete(seen.id()));
        assertLacks("delete", () -> runs.restore(seen.id()));
        assertLacks("delete", () -> runs.purge(seen.id()));
        assertLacks("delete", () -> runs.deleteExperiment("seen"));
        assertLacks("delete", () -> runs.restoreExperiment("seen"));
        assertThat(project.runs().run(seen.id())).isEqualTo(seen.run());
    }

    private void assertLacks(String privilege, Runnable call) {
        assertThatExceptionOfType(AccessDeniedException.class)
                .isThrownBy(call::run)
                .satisfies(e -> assertThat(e.missing()).isEqualTo(privilege))
                .satisfies(e -> assertThat(e.principal()).isEqualTo(alice));
    }

    @Test
    void anEditorOfAnExperimentRunsThereButMakesNoOther() {
        grant("seen", Privilege.EDIT);
        try (ActiveRun run = aliceRuns().start("seen")) {
            run.param("a", 1);
            assertThat(run.finish().startedBy()).isEqualTo(alice);
        }
        assertThatThrownBy(() -> aliceRuns().start("new")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> aliceRuns().createExperiment("new")).isInstanceOf(NotFoundException.class);
        assertThat(project.runs().findExperiment("new")).isEmpty();
    }

    @Test
    void aGrantTakenBackEndsWritingAtOnce() {
        grant("seen", Privilege.EDIT);
        ActiveRun run = aliceRuns().start("seen");
        run.metric("loss", 1);
        Experiment experiment = project.runs().findExperiment("seen").orElseThrow();
        project.access().revoke(Asset.experiment(experiment.id()), Subject.user(alice), Privilege.EDIT);

        assertLacks("edit", () -> run.param("a", 1));
        assertLacks("edit", run::flush);
        assertLacks("edit", run::finish);
        grant("seen", Privilege.EDIT);
        run.finish();
        assertThat(project.runs().data(run.id()).metric("loss")).isEqualTo(1);
    }

    private DatasetVersion publish(Project where, Split split) {
        List<FileSource> files =
                List.of(FileSource.of("train/a", new byte[] {1}), FileSource.of("test/b", new byte[] {2}));
        return where.datasets()
                .publish(
                        "data",
                        files.iterator(),
                        PublishOptions.builder().split(split).build());
    }

    @Test
    void aRunUsesAVersionOrOneOfItsSplitsOnce() {
        DatasetVersion version =
                publish(project, Split.byPath("train", "train/**").and("test", "test/**"));
        seen.uses(version, "train");
        seen.uses(version, "train");
        seen.uses(version, "test");
        seen.uses(version, DatasetUse.Role.VALIDATION, Optional.empty());

        String reference = project.name() + "/data:V001";
        assertThat(project.runs().data(seen.id()).datasets())
                .containsExactly(
                        new DatasetUse(version.id(), reference, DatasetUse.Role.TRAIN, "train"),
                        new DatasetUse(version.id(), reference, DatasetUse.Role.TEST, "test"),
                        new DatasetUse(version.id(), reference, DatasetUse.Role.VALIDATION, null));
    }

    @Test
    void aSplitThatTheVersionDoesNotHaveIsRefused() {
        DatasetVersion version = publish(project, Split.byPath("train", "train/**"));
        assertThatThrownBy(() -> seen.uses(version, "holdout"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holdout")
                .hasMessageContaining("train");
        assertThat(project.runs().data(seen.id()).datasets()).isEmpty();
    }

    @Test
    void aRunUsesDataOfAnotherProjectThatTheCallerMayRead() {
        Project other = mlops().projects().create(Scene.freshName());
        DatasetVersion version = publish(other, Split.NONE);
        grant("seen", Privilege.EDIT);
        ActiveRun run = aliceRuns().start("seen");

        assertThatThrownBy(() -> run.uses(version, DatasetUse.Role.TRAIN, Optional.empty()))
                .isInstanceOf(NotFoundException.class);
        other.access().grant(Asset.dataset(version.datasetId()), Subject.user(alice), Privilege.READ);
        run.uses(version, DatasetUse.Role.TRAIN, Optional.empty());

        assertThat(project.runs().data(run.id()).datasets())
                .extracting(DatasetUse::reference)
                .containsExactly(version.reference());
        run.finish();
    }
}
