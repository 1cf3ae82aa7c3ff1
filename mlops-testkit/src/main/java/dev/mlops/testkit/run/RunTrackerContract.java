package dev.mlops.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.ResourceInUseException;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.name.IdempotencyKey;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.ExperimentSpec;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.run.RunTracker;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of experiments and runs, as every {@link RunTracker} keeps it. Inherit it and say which store to use. */
public abstract class RunTrackerContract {
    private Project project;
    private RunTracker runs;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected RunTrackerContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void makeProject() {
        project = mlops().projects().create(Scene.freshName());
        runs = project.runs();
    }

    @Test
    void anExperimentIsMadeFoundAndListed() {
        Experiment made = runs.createExperiment(ExperimentSpec.builder("softmax / v2 ü")
                .description("does it learn?")
                .build());

        assertThat(made.name()).isEqualTo("softmax / v2 ü");
        assertThat(made.description()).isEqualTo("does it learn?");
        assertThat(made.lifecycle()).isEqualTo(Lifecycle.ACTIVE);
        assertThat(made.createdBy()).isEqualTo(mlops().principal().name());
        assertThat(made.projectId()).isEqualTo(project.info().id());
        assertThat(runs.findExperiment("softmax / v2 ü")).contains(made);
        assertThat(runs.findExperiment("other")).isEmpty();
        assertThat(runs.experiments(LifecycleView.ACTIVE_ONLY).toList()).containsExactly(made);
    }

    @Test
    void anExperimentsNameIsUniqueAlsoAmongDeletedOnes() {
        runs.createExperiment("one");
        assertThatThrownBy(() -> runs.createExperiment("one"))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageContaining("one");
        runs.deleteExperiment("one");
        assertThatThrownBy(() -> runs.createExperiment("one")).isInstanceOf(AlreadyExistsException.class);
    }

    @Test
    void anExperimentIsMadeOncePerIdempotencyKey() {
        ExperimentSpec spec = ExperimentSpec.builder("keyed")
                .idempotencyKey(IdempotencyKey.of("experiment-1"))
                .build();

        assertThat(runs.createExperiment(spec)).isEqualTo(runs.createExperiment(spec));
        assertThatThrownBy(() -> runs.createExperiment(ExperimentSpec.builder("other")
                        .idempotencyKey(IdempotencyKey.of("experiment-1"))
                        .build()))
                .isInstanceOf(ConflictException.class);
    }

    @Test
    void namesAndDescriptionsOfExperimentsAreChecked() {
        for (String bad : List.of("", "  ", "x".repeat(501), "a\0b")) {
            assertThatThrownBy(() -> runs.createExperiment(bad)).as(bad).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> runs.start(bad)).as(bad).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> runs.createExperiment(ExperimentSpec.builder("a")
                        .description("x".repeat(4097))
                        .build()))
                .isInstanceOf(InvalidInputException.class);
        assertThat(runs.createExperiment(ExperimentSpec.builder("x".repeat(500))
                                .description("x".repeat(4096))
                                .build())
                        .name())
                .hasSize(500);
    }

    @Test
    void experimentsArePagedByNameWhileOthersAreMade() {
        IntStream.range(0, 5).forEach(i -> runs.createExperiment("e" + 2 * i));
        var first = runs.experiments(LifecycleView.ALL).page(2);
        runs.createExperiment("e1");
        runs.createExperiment("e7");

        Set<String> names = new HashSet<>();
        first.items().forEach(one -> names.add(one.name()));
        var next = runs.experiments(LifecycleView.ALL)
                .page(new PageRequest(100, first.nextToken().orElseThrow()));
        next.items().forEach(one -> assertThat(names.add(one.name())).isTrue());
        assertThat(names).contains("e0", "e2", "e4", "e6", "e8", "e7").doesNotContain("e1");
    }

    @Test
    void aDeletedExperimentHidesItsRunsAndTakesNoMore() {
        ActiveRun active = runs.start("one");
        Experiment deleted = runs.deleteExperiment("one");

        assertThat(deleted.lifecycle()).isEqualTo(Lifecycle.DELETED);
        assertThat(runs.deleteExperiment("one")).isEqualTo(deleted);
        assertThat(runs.findExperiment("one")).contains(deleted);
        assertThat(runs.experiments(LifecycleView.ACTIVE_ONLY).toList()).isEmpty();
        assertThat(runs.experiments(LifecycleView.DELETED_ONLY).toList()).containsExactly(deleted);
        assertThat(runs.search(RunQuery.all()).toList()).isEmpty();
        assertThat(runs.run(active.id()).id()).isEqualTo(active.id());
        assertThatThrownBy(() -> runs.start("one"))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("one");
        assertThatThrownBy(() -> active.param("a", 1))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("one")
                .hasMessageContaining("deleted");

        runs.restoreExperiment("one");
        active.param("a", 1);
        assertThat(active.finish().status()).isEqualTo(RunStatus.FINISHED);
        assertThat(runs.search(RunQuery.all()).toList()).hasSize(1);
    }

    @Test
    void anExperimentThatDoesNotExistCannotBeDeleted() {
        assertThatThrownBy(() -> runs.deleteExperiment("none")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> runs.restoreExperiment("none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void aRunIsNamedByNumberAndBeginsNow() {
        try (ActiveRun first = runs.start("softmax");
                ActiveRun second = runs.start("softmax");
                ActiveRun other = runs.start("tree")) {
            assertThat(first.run().name()).isEqualTo("softmax-1");
            assertThat(second.run().name()).isEqualTo("softmax-2");
            assertThat(other.run().name()).isEqualTo("tree-1");
            Run run = runs.run(first.id());
            assertThat(run.status()).isEqualTo(RunStatus.RUNNING);
            assertThat(run.lifecycle()).isEqualTo(Lifecycle.ACTIVE);
            assertThat(run.experiment()).isEqualTo("softmax");
            assertThat(run.startedBy()).isEqualTo(mlops().principal().name());
            assertThat(run.endedAt()).isNull();
            assertThat(run.failure()).isNull();
            assertThat(run.reference()).isEqualTo("run:" + first.id());
        }
    }

    @Test
    void anAutomaticNameOfALongExperimentIsCut() {
        try (ActiveRun run = runs.start("x".repeat(500))) {
            assertThat(run.run().name()).hasSize(250).endsWith("x-1");
        }
    }

    @Test
    void aSpecSaysNameTagsAndStart() {
        Instant yesterday = Instant.parse("2020-01-02T03:04:05.678Z");
        RunSpec spec = RunSpec.builder("softmax")
                .name("my run")
                .tag("owner", "vision")
                .startedAt(yesterday)
                .build();
        try (ActiveRun run = runs.start(spec)) {
            assertThat(run.run().name()).isEqualTo("my run");
            assertThat(run.run().startedAt()).isEqualTo(yesterday);
            assertThat(runs.data(run.id()).tags()).containsExactly(Map.entry("owner", "vision"));
        }
    }

    @Test
    void racingStartsInANewExperimentAllSucceed() throws Exception {
        for (int round = 0; round < 3; round++) {
            String experiment = "race-" + round;
            List<ActiveRun> started =
                    Together.run(Collections.nCopies(6, (Callable<ActiveRun>) () -> runs.start(experiment)));

            List<String> names = started.stream().map(run -> run.run().name()).toList();
            assertThat(names)
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, 6)
                            .mapToObj(i -> experiment + "-" + i)
                            .toList());
            started.forEach(ActiveRun::finish);
        }
        assertThat(runs.experiments(LifecycleView.ALL).toList()).hasSize(3);
    }

    @Test
    void aStartWithAKeyHappensOnce() throws Exception {
        RunSpec spec = RunSpec.builder("one")
                .idempotencyKey(IdempotencyKey.of("k1"))
                .tag("a", "b")
                .build();
        List<ActiveRun> started = Together.run(Collections.nCopies(4, (Callable<ActiveRun>) () -> runs.start(spec)));

        assertThat(started.stream().map(ActiveRun::id).distinct()).hasSize(1);
        assertThat(runs.search(RunQuery.all()).toList()).hasSize(1);
        assertThatThrownBy(() -> runs.start(RunSpec.builder("one")
                        .idempotencyKey(IdempotencyKey.of("k1"))
                        .tag("a", "other")
                        .build()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("k1");
        started.forEach(ActiveRun::close);
    }

    @Test
    void aRunEndsOnceInOneWay() {
        ActiveRun run = runs.start("one");
        Run finished = run.finish();

        assertThat(finished.status()).isEqualTo(RunStatus.FINISHED);
        assertThat(finished.endedAt()).isNotNull();
        assertThat(run.finish()).isEqualTo(finished);
        assertThatExceptionOfType(ConflictException.class)
                .isThrownBy(run::kill)
                .withMessageContaining("FINISHED")
                .withMessageContaining(run.id());
        run.close();
        run.close();
        assertThat(runs.run(run.id())).isEqualTo(finished);
    }

    @Test
    void aFailureKeepsItsText() {
        ActiveRun run = runs.start("one");
        Run failed = run.fail(new IOException("disk\0 on fire " + "x".repeat(100_000)));

        assertThat(failed.status()).isEqualTo(RunStatus.FAILED);
        assertThat(failed.failure()).startsWith("java.io.IOException: disk").hasSizeLessThan(10_000);
        assertThat(runs.run(run.id())).isEqualTo(failed);
    }

    @Test
    void closingARunThatNobodyEndedKillsIt() {
        ActiveRun run = runs.start("one");
        run.metric("loss", 1);
        run.close();
        run.close();

        assertThat(runs.run(run.id()).status()).isEqualTo(RunStatus.KILLED);
        assertThat(runs.metricHistory(run.id(), "loss").toList()).hasSize(1);
    }

    @Test
    void closingARunThatIsGoneOrDeletedDoesNothing() {
        ActiveRun purged = runs.start("one");
        runs.delete(purged.id());
        runs.purge(purged.id());
        purged.close();
        ActiveRun deleted = runs.start("one");
        runs.delete(deleted.id());
        deleted.close();

        assertThat(runs.restore(deleted.id()).status()).isEqualTo(RunStatus.RUNNING);
    }

    @Test
    void trackingEndsTheRunAsTheBodyDid() {
        Run good = runs.track("one", run -> run.metric("accuracy", 0.5));
        assertThat(good.status()).isEqualTo(RunStatus.FINISHED);
        assertThat(runs.data(good.id()).metric("accuracy")).isEqualTo(0.5);

        IOException thrown = new IOException("no disk");
        assertThatThrownBy(() -> runs.track("one", run -> {
                    run.metric("accuracy", 0.25);
                    throw thrown;
                }))
                .isSameAs(thrown);
        var failed =
                runs.search(RunQuery.builder().status(RunStatus.FAILED).build()).toList();
        assertThat(failed).hasSize(1);
        assertThat(failed.get(0).run().failure()).isEqualTo("java.io.IOException: no disk");
        assertThat(failed.get(0).metric("accuracy")).isEqualTo(0.25);

        Run killed = runs.track("one", ActiveRun::kill);
        assertThat(killed.status()).isEqualTo(RunStatus.KILLED);
    }

    @Test
    void aRunGoesOnWhereItIsResumed() {
        ActiveRun first = runs.start("one");
        first.param("a", 1);
        try (ActiveRun second = runs.resume(first.id())) {
            second.param("b", 2);
            second.metric("loss", 3);
            assertThat(second.finish().id()).isEqualTo(first.id());
        }
        assertThat(runs.data(first.id()).params()).containsOnlyKeys("a", "b");
        assertThat(runs.data(first.id()).metric("loss")).isEqualTo(3);
        assertThatThrownBy(() -> first.param("c", 3))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("FINISHED")
                .hasMessageContaining(first.id());
        assertThat(first.finish().status()).isEqualTo(RunStatus.FINISHED);
    }

    @Test
    void aRunThatEndedOrIsGoneIsNotResumed() {
        Run ended = runs.track("one", run -> {});
        assertThatThrownBy(() -> runs.resume(ended.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("FINISHED");
        ActiveRun deleted = runs.start("one");
        runs.delete(deleted.id());
        assertThatThrownBy(() -> runs.resume(deleted.id())).isInstanceOf(ConflictException.class);
        for (String none : List.of("none", "", "'; DROP TABLE runs; --", "x".repeat(5000))) {
            assertThatThrownBy(() -> runs.resume(none)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> runs.run(none)).isInstanceOf(NotFoundException.class);
            assertThatThrownBy(() -> runs.data(none)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void aRunIsDeletedAndRestored() {
        Run run = runs.track("one", active -> active.param("a", 1));
        Run deleted = runs.delete(run.id());

        assertThat(deleted.lifecycle()).isEqualTo(Lifecycle.DELETED);
        assertThat(deleted.status()).isEqualTo(RunStatus.FINISHED);
        assertThat(runs.delete(run.id())).isEqualTo(deleted);
        assertThat(runs.run(run.id())).isEqualTo(deleted);
        assertThat(runs.search(RunQuery.all()).toList()).isEmpty();
        assertThat(runs.search(RunQuery.builder()
                                .view(LifecycleView.DELETED_ONLY)
                                .build())
                        .toList())
                .hasSize(1);

        assertThat(runs.restore(run.id())).isEqualTo(run);
        assertThat(runs.restore(run.id())).isEqualTo(run);
        assertThat(runs.data(run.id()).params()).containsKey("a");
    }

    @Test
    void onlyADeletedRunIsPurgedAndThenIsGone() {
        Run run = runs.track("one", active -> {
            active.metric("loss", 1);
            active.tag("a", "b");
        });
        assertThatThrownBy(() -> runs.purge(run.id()))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining(run.id());
        runs.delete(run.id());
        runs.purge(run.id());

        assertThatThrownBy(() -> runs.run(run.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> runs.purge(run.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> runs.metricHistory(run.id(), "loss").toList()).isInstanceOf(NotFoundException.class);
        assertThat(runs.search(RunQuery.builder().view(LifecycleView.ALL).build())
                        .toList())
                .isEmpty();
    }

    @Test
    void aRunThatModelVersionsComeFromIsNotPurged() {
        Scene scene = Scene.tell(mlops());
        RunTracker told = scene.project().runs();
        told.delete(scene.run().id());

        assertThatExceptionOfType(ResourceInUseException.class)
                .isThrownBy(() -> told.purge(scene.run().id()))
                .satisfies(e -> assertThat(e.users()).anyMatch(user -> user.contains("classifier:1")));
        assertThat(told.data(scene.run().id()).modelVersions()).isNotEmpty();
    }

    @Test
    void aRunOfAnotherProjectIsNotFound() {
        Run run = runs.track("one", active -> {});
        RunTracker other = mlops().projects().create(Scene.freshName()).runs();

        assertThatThrownBy(() -> other.run(run.id())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> other.delete(run.id())).isInstanceOf(NotFoundException.class);
        assertThat(other.search(RunQuery.all()).toList()).isEmpty();
    }

    @Test
    void everyChangeIsAnEventAndAMetricPointIsNone() {
        runs.createExperiment("one");
        ActiveRun run = runs.start("one");
        run.param("a", 1);
        run.param("a", 1);
        run.tag("t", "u");
        run.removeTag("t");
        run.removeTag("t");
        run.metric("loss", 1);
        run.flush();
        run.finish();
        runs.delete(run.id());
        runs.delete(run.id());
        runs.restore(run.id());
        runs.deleteExperiment("one");
        runs.purge(run.id());

        assertThat(project.events().list().stream().skip(1).map(Event::kind))
                .endsWith(
                        EventKind.CREATED,
                        EventKind.CREATED,
                        EventKind.UPDATED,
                        EventKind.UPDATED,
                        EventKind.UPDATED,
                        EventKind.FINISHED,
                        EventKind.DELETED,
                        EventKind.RESTORED,
                        EventKind.DELETED,
                        EventKind.DESTROYED);
    }
}
