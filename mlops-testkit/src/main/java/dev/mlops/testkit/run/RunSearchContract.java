package dev.mlops.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.run.RunTracker;
import dev.mlops.testkit.fixture.Scene;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Finding runs, as every {@link RunTracker} does it. Inherit it and say which store to use. */
public abstract class RunSearchContract {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private RunTracker runs;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected RunSearchContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    /** a: accuracy 0.5, softmax; b: 0.9, tree, failed; c: NaN, softmax; d: nothing; e: infinity, other experiment. */
    @BeforeEach
    void makeRuns() {
        runs = mlops().projects().create(Scene.freshName()).runs();
        make("one", "a", 1, 0.5, "softmax", "draft").finish();
        make("one", "b", 2, 0.9, "tree", "final").fail(new IllegalStateException("bad"));
        make("one", "c", 3, Double.NaN, "softmax", "Draft").finish();
        begin("one", "d", 4);
        make("two", "e", 5, Double.POSITIVE_INFINITY, "100%_sure", "it's").kill();
    }

    private ActiveRun begin(String experiment, String name, int hour) {
        return runs.start(RunSpec.builder(experiment)
                .name(name)
                .startedAt(NOON.plusSeconds(hour * 3600L))
                .build());
    }

    private ActiveRun make(String experiment, String name, int hour, double accuracy, String kind, String stage) {
        ActiveRun run = begin(experiment, name, hour);
        run.metric("accuracy", 0.0, 0);
        run.metric("accuracy", accuracy, 1);
        run.param("kind", kind);
        run.tag("stage of it", stage);
        return run;
    }

    private String names(RunQuery query) {
        return String.join(
                "", runs.search(query).map(found -> found.run().name()).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "metrics.accuracy > 0.4                                     | eba",
                "metrics.accuracy >= 0.9                                    | eb",
                "metrics.accuracy < 1                                       | ba",
                "metrics.accuracy != 0.5                                    | eb",
                "metric.accuracy = 0.5                                      | a",
                "metrics.accuracy IS NULL                                   | d",
                "metrics.accuracy IS NOT NULL                               | ecba",
                "params.kind = 'softmax'                                    | ca",
                "params.kind != 'softmax'                                   | eb",
                "params.kind LIKE 'soft%'                                   | ca",
                "params.kind LIKE 'SOFT%'                                   | ~~",
                "params.kind ILIKE 'SOFT%'                                  | ca",
                "params.kind = '100%_sure'                                  | e",
                "tags.`stage of it` = 'draft'                               | a",
                "tags.\"stage of it\" = 'it''s'                             | e",
                "tags.`stage of it` ILIKE 'draft'                           | ca",
                "status = 'FAILED'                                          | b",
                "attributes.run_name IN ('a', 'd', 'x')                     | da",
                "run_name NOT IN ('a', 'd', 'x')                            | ecb",
                "params.kind = 'tree' OR metrics.accuracy = 0.5             | ba",
                "(params.kind = 'tree' OR params.kind = 'softmax') AND metrics.accuracy < 0.9 | a",
                "params.kind = 'tree' AND tags.none IS NULL                 | b",
                "params.none != 'x'                                         | ~~",
                "start_time > 1767276000000                                 | edc",
            })
    void aFilterFindsWhatItSays(String filter, String expected) {
        assertThat(names(RunQuery.where(filter))).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "metrics.accuracy >",
                "metrics.accuracy > 'a'",
                "params.kind > 'a'",
                "params.kind = 'a' AND",
                "(params.kind = 'a'",
                "nonsense = 1",
                "params.kind = 'a'; DROP TABLE runs",
                "params.kind LIKE 5",
            })
    void aBadFilterIsRefused(String filter) {
        assertThatThrownBy(() -> RunQuery.where(filter)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "metrics.accuracy ASC,   abecd",
        "metrics.accuracy DESC,  ebadc",
        "params.kind,            eacbd",
        "params.kind DESC,       bcaed",
        "run_name DESC,          edcba",
        "start_time ASC,         abcde",
    })
    void runsComeInTheOrderAskedFor(String order, String expected) {
        String found = names(RunQuery.builder().orderBy(order).build());
        if (order.startsWith("metrics")) {
            assertThat(found.substring(0, 3)).isEqualTo(expected.substring(0, 3));
            assertThat(found.substring(3)).as("without a value").matches("[cd]{2}");
        } else if (order.startsWith("params")) {
            assertThat(found).endsWith("d").matches(order.endsWith("DESC") ? "b[ac]{2}ed" : "e[ac]{2}bd");
        } else {
            assertThat(found).isEqualTo(expected);
        }
    }

    @Test
    void runsComeNewestFirst() {
        assertThat(names(RunQuery.all())).isEqualTo("edcba");
    }

    @Test
    void experimentsAndStatusesNarrowTheSearch() {
        assertThat(names(RunQuery.builder().experiment("one").build())).isEqualTo("dcba");
        assertThat(names(RunQuery.builder().experiment("one").experiment("two").build()))
                .isEqualTo("edcba");
        assertThat(names(RunQuery.builder().experiment("none").build())).isEmpty();
        assertThat(names(RunQuery.builder()
                        .status(RunStatus.FINISHED)
                        .status(RunStatus.RUNNING)
                        .build()))
                .isEqualTo("dca");
    }

    @Test
    void aFoundRunHasAllItsData() {
        RunData found = runs.search(RunQuery.where("run_name = 'a'")).toList().get(0);

        assertThat(found).isEqualTo(runs.data(found.id()));
        assertThat(found.params()).containsEntry("kind", "softmax");
        assertThat(found.tags()).containsEntry("stage of it", "draft");
        assertThat(found.metric("accuracy")).isEqualTo(0.5);
        assertThat(found.metric("none")).isNaN();
    }

    @Test
    void pagesNeitherSkipNorRepeatWhileRunsAreAdded() {
        for (String order : List.of("metrics.accuracy DESC", "params.kind", "start_time DESC")) {
            RunQuery query = RunQuery.builder().orderBy(order).build();
            List<String> before =
                    runs.search(query).map(found -> found.run().name()).toList();
            List<String> paged = new ArrayList<>();
            Page<RunData> page = runs.search(query).page(1);
            page.items().forEach(found -> paged.add(found.run().name()));
            while (page.nextToken().isPresent()) {
                make("more", "x" + paged.size() + order.length(), 10, 0.7, "forest", "draft")
                        .finish();
                page = runs.search(query)
                        .page(new PageRequest(1, page.nextToken().get()));
                page.items().forEach(found -> paged.add(found.run().name()));
            }
            assertThat(paged).doesNotHaveDuplicates().containsSubsequence(before);
        }
    }

    @Test
    void aTokenOfAnotherListIsRefused() {
        String token = runs.search(RunQuery.all()).page(2).nextToken().orElseThrow();
        RunQuery other = RunQuery.builder().orderBy("run_name ASC").build();

        assertThatThrownBy(() -> runs.search(RunQuery.all()).page(new PageRequest(2, "x" + token)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> runs.search(other).page(new PageRequest(2, token)))
                .isInstanceOf(InvalidInputException.class);
    }
}
