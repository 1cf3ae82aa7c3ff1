package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunField;
import dev.mlops.api.run.RunFilter;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Search of runs: filters, orders, pages. */
public abstract class RunSearchContract extends MetadataStoreContract {
    private ProjectInfo project;
    private Experiment experiment;

    /** For subclasses. */
    @SuppressWarnings("NullAway.Init") // set before all tests
    protected RunSearchContract() {}

    @BeforeAll
    final void makeRuns() {
        project = world().project();
        experiment = world().experiment(project, "Digits");
        add(
                "softmax",
                RunStatus.FINISHED,
                Map.of("kind", "softmax", "note", "100%_[x]*?\\"),
                Map.of("team", "Vision"),
                0.9);
        add("forest", RunStatus.FINISHED, Map.of("kind", "Forest"), Map.of("team", "audio"), 0.95);
        add("nan", RunStatus.FAILED, Map.of("kind", "softmax"), Map.of(), Double.NaN);
        add("infinite", RunStatus.RUNNING, Map.of(), Map.of("team", "vision"), Double.POSITIVE_INFINITY);
        world().run(experiment, "empty", RunStatus.KILLED);
    }

    private void add(
            String name, RunStatus status, Map<String, String> params, Map<String, String> tags, double value) {
        Run run = world().run(experiment, name, status);
        change(tx -> {
            tx.runs().insertParams(run.id(), params);
            tx.runs().setTags(run.id(), tags);
            tx.metrics()
                    .append(
                            run.id(),
                            List.of(new Metric("acc", value, 2, World.NOW), new Metric("acc", 0.5, 1, World.NOW)));
            if (status == RunStatus.FINISHED) {
                tx.runs().update(RunsContract.ended(run, status));
            }
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "metrics.acc = 0.9                                     | softmax",
                "metrics.acc != 0.9                                    | infinite forest",
                "metrics.acc > 0.9                                     | infinite forest",
                "metrics.acc >= 0.9                                    | infinite forest softmax",
                "metrics.acc < 1e300                                   | forest softmax",
                "metrics.acc <= 0.9                                    | softmax",
                "metrics.other = 1                                     |",
                "metrics.other != 1                                    |",
                "params.kind = 'softmax'                               | nan softmax",
                "params.kind = 'Softmax'                               |",
                "params.kind != 'softmax'                              | forest",
                "params.kind LIKE 'soft%'                              | nan softmax",
                "params.kind LIKE 'Soft%'                              |",
                "params.kind LIKE '_orest'                             | forest",
                "params.kind LIKE 'oft'                                |",
                "params.kind ILIKE '%FO%'                              | forest",
                "params.kind ILIKE 'SOFTMA_'                           | nan softmax",
                "params.note LIKE '100%'                               | softmax",
                "params.note LIKE '%[x]*?\\'                           | softmax",
                "params.note LIKE '%[y]%'                              |",
                "params.note LIKE '%?_'                                | softmax",
                "params.note LIKE '*'                                  |",
                "params.note ILIKE '%[X]*?\\'                          | softmax",
                "params.kind IN ('softmax', 'tree')                    | nan softmax",
                "params.kind NOT IN ('softmax')                        | forest",
                "params.kind IS NULL                                   | empty infinite",
                "params.kind IS NOT NULL                               | nan forest softmax",
                "metrics.acc IS NULL                                   | empty",
                "metrics.acc IS NOT NULL                               | infinite nan forest softmax",
                "tags.team = 'vision'                                  | infinite",
                "tags.team ILIKE 'vision'                              | infinite softmax",
                "tags.team = 'vision' OR params.kind = 'Forest'        | infinite forest",
                "params.kind = 'softmax' AND metrics.acc > 0           | softmax",
                "(tags.team = 'audio' OR tags.team = 'Vision') AND metrics.acc < 0.95 | softmax",
                "status = 'FINISHED'                                   | forest softmax",
                "status != 'FINISHED'                                  | empty infinite nan",
                "status IN ('FAILED', 'KILLED')                        | empty nan",
                "run_name LIKE '%i%'                                   | infinite",
                "user_id = 'alice'                                     | empty infinite nan forest softmax",
                "user_id = 'bob'                                       |",
                "experiment = 'Digits'                                 | empty infinite nan forest softmax",
                "experiment != 'Digits'                                |",
                "end_time > 0                                          | forest softmax",
                "end_time IS NULL                                      | empty infinite nan",
                "start_time > 4e15                                     |",
                "run_name = 'x'' OR 1=1 --'                            |",
                "params.\"kind\" = 'softmax' AND NOT_A = 'b'           | !",
            })
    void findsWhatTheFilterMeans(String filter, String expected) {
        if ("!".equals(expected)) {
            assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> RunQuery.where(filter));
            return;
        }
        assertThat(names(RunQuery.where(filter)))
                .containsExactly(expected == null ? new String[0] : expected.split(" ", -1));
    }

    @Test
    void nanMatchesNoComparisonFromEitherSide() {
        RunField field = new RunField(RunField.Kind.METRIC, "acc");
        for (RunFilter.Operator operator :
                List.of(RunFilter.Operator.EQ, RunFilter.Operator.NE, RunFilter.Operator.LT, RunFilter.Operator.GE)) {
            assertThat(names(where(new RunFilter.NumberComparison(field, operator, Double.NaN))))
                    .isEmpty();
        }
        assertThat(names(where(new RunFilter.NumberComparison(field, RunFilter.Operator.EQ, Double.POSITIVE_INFINITY))))
                .containsExactly("infinite");
    }

    @Test
    void refusesFiltersThatMixNumbersAndTexts() {
        RunField number = new RunField(RunField.Kind.METRIC, "acc");
        RunField text = new RunField(RunField.Kind.PARAM, "kind");
        RunField unknown = new RunField(RunField.Kind.ATTRIBUTE, "id); DROP TABLE run; --");
        for (RunFilter filter : List.<RunFilter>of(
                new RunFilter.TextComparison(number, RunFilter.Operator.EQ, "1"),
                new RunFilter.NumberComparison(text, RunFilter.Operator.EQ, 1),
                new RunFilter.NumberComparison(number, RunFilter.Operator.LIKE, 1),
                new RunFilter.In(number, List.of("1"), RunFilter.Membership.IN),
                new RunFilter.In(text, List.of(), RunFilter.Membership.IN),
                new RunFilter.And(List.of()),
                new RunFilter.TextComparison(unknown, RunFilter.Operator.EQ, "1"))) {
            assertThatExceptionOfType(InvalidInputException.class).isThrownBy(() -> names(where(filter)));
        }
    }

    @Test
    void takesLongAndDeepFilters() {
        RunFilter leaf = RunFilter.parse("params.kind = 'softmax'");
        RunFilter deep = leaf;
        for (int i = 0; i < 200; i++) {
            deep = i % 2 == 0 ? new RunFilter.And(List.of(leaf, deep)) : new RunFilter.Or(List.of(leaf, deep));
        }

        assertThat(names(where(deep))).containsExactly("nan", "softmax");
        assertThat(names(where(new RunFilter.And(Collections.nCopies(400, leaf)))))
                .containsExactly("nan", "softmax");
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> names(where(new RunFilter.Or(Collections.nCopies(5000, leaf)))));
    }

    @ParameterizedTest
    @CsvSource({
        "metrics.acc ASC, softmax forest infinite empty nan",
        "metrics.acc DESC, infinite forest softmax empty nan",
        "params.kind, forest nan softmax empty infinite",
        "params.kind DESC, nan softmax forest empty infinite",
        "tags.team, softmax forest infinite empty nan",
        "run_name DESC, softmax nan infinite forest empty",
        "status, nan forest softmax empty infinite",
        "start_time, softmax forest nan infinite empty",
        "end_time DESC, forest softmax empty infinite nan",
    })
    void ordersWithWhatIsMissingOrNanLast(String order, String expected) {
        RunQuery query = RunQuery.builder().orderBy(order).build();

        assertThat(names(query)).containsExactly(expected.split(" ", -1));
        assertThat(names(query, 1)).containsExactly(expected.split(" ", -1));
        assertThat(names(query, 2)).containsExactly(expected.split(" ", -1));
    }

    @Test
    void ordersByUpToThreeFields() {
        RunQuery query = RunQuery.builder()
                .orderBy("params.kind DESC")
                .orderBy("metrics.acc")
                .orderBy("run_name")
                .build();

        assertThat(names(query)).containsExactly("softmax", "nan", "forest", "infinite", "empty");
        assertThat(names(query, 1)).isEqualTo(names(query));
    }

    @Test
    void findsByExperimentAndStatus() {
        assertThat(names(RunQuery.builder()
                        .experiment("Digits")
                        .status(RunStatus.FAILED)
                        .build()))
                .containsExactly("nan");
        assertThat(names(RunQuery.builder().experiment("digits").build())).isEmpty();
        assertThat(names(RunQuery.builder()
                        .experiment("none")
                        .experiment("Digits")
                        .status(RunStatus.RUNNING)
                        .status(RunStatus.KILLED)
                        .build()))
                .containsExactly("empty", "infinite");
    }

    @Test
    void runsOfADeletedExperimentCountAsDeleted() {
        ProjectInfo other = world().project();
        Experiment kept = world().experiment(other, "kept");
        Experiment binned = world().experiment(other, "binned");
        world().run(kept, "active", RunStatus.RUNNING);
        world().run(binned, "by experiment", RunStatus.RUNNING);
        Run deleted = world().run(kept, "by itself", RunStatus.RUNNING);
        change(tx -> {
            tx.runs()
                    .update(new Run(
                            deleted.id(),
                            deleted.projectId(),
                            deleted.experimentId(),
                            deleted.experiment(),
                            deleted.name(),
                            deleted.status(),
                            Lifecycle.DELETED,
                            deleted.startedBy(),
                            deleted.startedAt(),
                            null,
                            null));
            tx.experiments()
                    .update(new Experiment(
                            binned.id(), other.id(), "binned", "", Lifecycle.DELETED, "alice", World.NOW));
        });

        assertThat(names(other, view(LifecycleView.ACTIVE_ONLY), HOST, 10)).containsExactly("active");
        assertThat(names(other, view(LifecycleView.DELETED_ONLY), HOST, 10))
                .containsExactly("by itself", "by experiment");
        assertThat(names(other, view(LifecycleView.ALL), HOST, 10)).hasSize(3);
    }

    @Test
    void givesOnlyRunsOfExperimentsThatTheViewerMayRead() {
        ProjectInfo other = world().project();
        Experiment granted = world().experiment(other);
        world().run(granted, "granted", RunStatus.RUNNING);
        world().run(world().experiment(other), "hidden", RunStatus.RUNNING);
        world().grant(other, Asset.experiment(granted.id()), Subject.group("lab"), Privilege.READ);

        assertThat(names(other, RunQuery.all(), Principal.user("bob", java.util.Set.of("lab")), 10))
                .containsExactly("granted");
        assertThat(names(other, RunQuery.all(), Principal.user("eve"), 10)).isEmpty();
        assertThat(names(other, RunQuery.all(), HOST, 10)).containsExactly("hidden", "granted");
    }

    @Test
    void pagesNeitherSkipNorRepeatWhileRunsAreInserted() {
        ProjectInfo other = world().project();
        Experiment busy = world().experiment(other);
        List<String> before = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Run run = world().run(busy, "r" + i, RunStatus.RUNNING);
            int value = i % 3;
            if (value > 0) {
                change(tx -> tx.metrics().append(run.id(), List.of(new Metric("m", value, 0, World.NOW))));
            }
            before.add(run.id());
        }
        RunQuery query = RunQuery.builder().orderBy("metrics.m DESC").build();

        List<String> seen = readAll(3, (tx, page) -> tx.runs().search(other.id(), query, HOST, page), () -> {
                    Run late = world().run(busy, "late", RunStatus.RUNNING);
                    change(tx -> tx.metrics().append(late.id(), List.of(new Metric("m", 1, 0, World.NOW))));
                })
                .stream()
                .map(RunData::id)
                .toList();

        assertThat(seen).doesNotHaveDuplicates().containsAll(before);
    }

    private static RunQuery view(LifecycleView view) {
        return RunQuery.builder().view(view).build();
    }

    private static RunQuery where(RunFilter filter) {
        return RunQuery.builder().filter(filter).build();
    }

    private List<String> names(RunQuery query) {
        return names(query, 100);
    }

    private List<String> names(RunQuery query, int limit) {
        return names(project, query, HOST, limit);
    }

    private List<String> names(ProjectInfo where, RunQuery query, Principal viewer, int limit) {
        return readAll(limit, (tx, page) -> tx.runs().search(where.id(), query, viewer, page)).stream()
                .map(data -> data.run().name())
                .toList();
    }
}
