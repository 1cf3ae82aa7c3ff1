package dev.mlops.testkit.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mlops.api.Mlops;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.project.Project;
import dev.mlops.api.run.ActiveRun;
import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunSpec;
import dev.mlops.api.run.RunTracker;
import dev.mlops.testkit.fixture.Scene;
import dev.mlops.testkit.fixture.Together;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parameters, tags and metrics, as every {@link RunTracker} keeps them. Inherit it and say which store to use. */
public abstract class RunLoggingContract {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final Duration NEVER = Duration.ofDays(365);

    private Project project;
    private RunTracker runs;
    private ActiveRun run;

    /** Creates the suite; JUnit makes one for each test. */
    @SuppressWarnings("NullAway.Init") // the fields are set before each test
    protected RunLoggingContract() {}

    /** The store, called by its owner. */
    protected abstract Mlops mlops();

    @BeforeEach
    void startRun() {
        project = mlops().projects().create(Scene.freshName());
        runs = project.runs();
        run = runs.start("logging");
    }

    @AfterEach
    void closeRun() {
        run.close();
    }

    private RunData data() {
        return runs.data(run.id());
    }

    private List<Metric> history(String key) {
        return runs.metricHistory(run.id(), key).toList();
    }

    @Test
    void paramsAreKeptAsText() {
        run.params(Map.of("rate", 0.1, "layers", List.of(3, 4), "name", "ünï 🎯", "empty", ""));
        run.params(Map.of());

        assertThat(data().params())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("rate", "0.1", "layers", "[3, 4]", "name", "ünï 🎯", "empty", ""));
    }

    @Test
    void aParamNeverChanges() {
        run.param("rate", 0.1);
        run.param("rate", "0.1");

        assertThatThrownBy(() -> run.params(Map.of("rate", 0.2, "new", 1)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("rate")
                .hasMessageContaining("0.1")
                .hasMessageContaining("0.2");
        assertThat(data().params()).containsExactly(Map.entry("rate", "0.1"));
    }

    @Test
    void ofRacingWritersOfOneParamOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String key = "p" + round;
            List<Callable<Boolean>> writers = IntStream.range(0, 6)
                    .mapToObj(i -> (Callable<Boolean>) () -> setParam(key, i))
                    .toList();
            List<Boolean> won = Together.run(writers);

            assertThat(won).containsOnlyOnce(true);
            assertThat(data().params()).containsEntry(key, Integer.toString(won.indexOf(true)));
        }
    }

    private boolean setParam(String key, int value) {
        try {
            run.param(key, value);
            return true;
        } catch (InvalidInputException e) {
            return false;
        }
    }

    @Test
    void tagsAreSetReplacedAndRemoved() {
        run.tag("stage", "draft");
        run.tag("stage", "final");
        run.tag("note", "x".repeat(8000));
        run.removeTag("note");
        run.removeTag("none");

        assertThat(data().tags()).containsExactly(Map.entry("stage", "final"));
    }

    @Test
    void keysAndValuesAreChecked() {
        for (String key : List.of("", "x".repeat(251), "a\nb", "a'b", "a;b", "ü?")) {
            assertThatThrownBy(() -> run.param(key, 1)).as(key).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> run.tag(key, "1")).as(key).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> run.metric(key, 1)).as(key).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> run.param("long", "x".repeat(6001))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> run.tag("long", "x".repeat(8001))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> run.tag("nul", "a\0b")).isInstanceOf(InvalidInputException.class);
        Map<String, Object> withNull = new HashMap<>();
        withNull.put("nothing", null);
        assertThatThrownBy(() -> run.params(withNull))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("nothing");
        String longest = "a/b c:d.e-f_".repeat(20) + "0123456789";
        run.param(longest, "x".repeat(6000));
        run.metric(longest, 1);
        run.flush();
        assertThat(data().params().get(longest)).hasSize(6000);
        assertThat(data().metrics()).containsKey(longest);
    }

    @Test
    void theHistoryIsOrderedByStepThenTimeThenValueAndEqualPointsAreKeptOnce() {
        Metric early = new Metric("loss", 5, -1, NOON);
        Metric first = new Metric("loss", 3, 0, NOON);
        Metric larger = new Metric("loss", 4, 0, NOON);
        Metric later = new Metric("loss", 1, 0, NOON.plusMillis(1));
        Metric last = new Metric("loss", 0, 7, NOON.minusSeconds(1));
        run.metrics(List.of(last, later, first, early, larger, first));
        run.flush();
        run.metrics(List.of(larger, early));
        run.flush();

        assertThat(history("loss")).containsExactly(early, first, larger, later, last);
        assertThat(data().metrics()).containsExactly(Map.entry("loss", last));
        assertThat(history("other")).isEmpty();
    }

    @Test
    void notANumberAndTheInfinitiesAreKept() {
        run.metrics(List.of(
                new Metric("x", Double.NaN, 0, NOON),
                new Metric("x", Double.NaN, 0, NOON),
                new Metric("x", Double.POSITIVE_INFINITY, 0, NOON),
                new Metric("x", Double.NEGATIVE_INFINITY, 0, NOON),
                new Metric("x", -0.0, 0, NOON),
                new Metric("x", 0.0, 0, NOON),
                new Metric("x", Double.MIN_VALUE, 0, NOON),
                new Metric("nan", Double.NaN, Long.MAX_VALUE, NOON),
                new Metric("step", 1, Long.MIN_VALUE, Instant.EPOCH)));
        run.flush();

        assertThat(history("x"))
                .extracting(Metric::value)
                .containsExactly(Double.NaN, Double.NEGATIVE_INFINITY, 0.0, Double.MIN_VALUE, Double.POSITIVE_INFINITY);
        assertThat(data().metric("x")).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(history("nan")).extracting(Metric::step).containsExactly(Long.MAX_VALUE);
        assertThat(history("step")).containsExactly(new Metric("step", 1, Long.MIN_VALUE, Instant.EPOCH));
    }

    @Test
    void aMetricBefore1970IsRefused() {
        assertThatThrownBy(() -> new Metric("a", 1, 0, Instant.EPOCH.minusMillis(1)))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aMetricWithoutATimeGetsTheTimeNow() {
        run.metric("loss", 0.5, 3);
        run.flush();

        Metric point = history("loss").get(0);
        assertThat(point.step()).isEqualTo(3);
        assertThat(point.timestamp()).isAfterOrEqualTo(run.run().startedAt());
    }

    @Test
    void pointsAreBufferedUntilTheyAreManyEnough() {
        ActiveRun buffered = started(10, NEVER);
        IntStream.range(0, 9).forEach(i -> buffered.metric("loss", i, i));
        assertThat(runs.metricHistory(buffered.id(), "loss").toList()).isEmpty();
        buffered.metric("loss", 9, 9);
        assertThat(runs.metricHistory(buffered.id(), "loss").toList()).hasSize(10);
        buffered.metric("loss", 10, 10);
        assertThat(runs.metricHistory(buffered.id(), "loss").toList()).hasSize(10);
        buffered.finish();
        assertThat(runs.metricHistory(buffered.id(), "loss").toList()).hasSize(11);
    }

    private ActiveRun started(int points, Duration age) {
        return runs.start(RunSpec.builder("buffered").buffer(points, age).build());
    }

    @Test
    void pointsAreWrittenWhenTheyAreOldEnough() throws Exception {
        ActiveRun buffered = started(1000, Duration.ofMillis(50));
        for (int point = 1; point <= 2; point++) {
            buffered.metric("loss", point, point);
            for (int wait = 0; wait < 500 && historySize(buffered) < point; wait++) {
                Thread.sleep(10);
            }
            assertThat(historySize(buffered)).isEqualTo(point);
        }
        buffered.finish();
    }

    private int historySize(ActiveRun active) {
        return runs.metricHistory(active.id(), "loss").toList().size();
    }

    @Test
    void aBufferOfOnePointWritesEachAtOnce() {
        ActiveRun unbuffered = started(1, NEVER);
        unbuffered.metric("loss", 1, 1);
        assertThat(historySize(unbuffered)).isEqualTo(1);
        unbuffered.kill();
    }

    @Test
    void manyPointsAtOncePassThroughASmallBuffer() {
        ActiveRun small = started(7, NEVER);
        List<Metric> points = IntStream.range(0, 1000)
                .mapToObj(i -> new Metric("loss", i, i, NOON))
                .toList();
        small.metrics(points);
        small.flush();
        assertThat(runs.metricHistory(small.id(), "loss").toList()).isEqualTo(points);
        small.finish();
    }

    @Test
    void severalThreadsLogToOneRun() throws Exception {
        ActiveRun shared = started(50, Duration.ofMillis(20));
        List<Callable<Boolean>> threads = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String key = "loss-" + thread;
            threads.add(() -> {
                for (int i = 0; i < 500; i++) {
                    shared.metric(key, i, i);
                }
                return true;
            });
        }
        Together.run(threads);
        shared.finish();

        for (int thread = 0; thread < 4; thread++) {
            assertThat(runs.metricHistory(shared.id(), "loss-" + thread).toList())
                    .extracting(Metric::step)
                    .containsExactlyElementsOf(
                            IntStream.range(0, 500).mapToObj(i -> (long) i).toList());
        }
    }

    @Test
    void aMetricEitherCameBeforeTheEndOrIsRefused() throws Exception {
        ActiveRun racing = started(5, NEVER);
        List<Callable<Integer>> works = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            String key = "loss-" + thread;
            works.add(() -> logUntilRefused(racing, key));
        }
        works.add(() -> {
            Thread.sleep(20);
            racing.finish();
            return 0;
        });
        List<Integer> taken = Together.run(works);

        for (int thread = 0; thread < 3; thread++) {
            assertThat(runs.metricHistory(racing.id(), "loss-" + thread).stream())
                    .hasSize(taken.get(thread));
        }
    }

    private static int logUntilRefused(ActiveRun active, String key) {
        for (int i = 0; ; i++) {
            try {
                active.metric(key, i, i);
            } catch (ConflictException e) {
                return i;
            }
        }
    }

    @Test
    void nothingIsLoggedToARunThatEnded() {
        List<Consumer<ActiveRun>> ends =
                List.of(ActiveRun::finish, ActiveRun::kill, active -> active.fail(new IllegalStateException("bad")));
        for (Consumer<ActiveRun> end : ends) {
            ActiveRun active = runs.start("ended");
            end.accept(active);
            String status = active.run().status().toString();
            assertRefused(active, status);
        }
    }

    @Test
    void nothingIsLoggedToARunThatEndedElsewhereOrWasDeleted() {
        ActiveRun here = runs.start("ended");
        runs.resume(here.id()).finish();
        assertRefused(here, "FINISHED");

        ActiveRun deleted = runs.start("ended");
        runs.delete(deleted.id());
        assertRefused(deleted, "deleted");
        assertThatThrownBy(deleted::finish).isInstanceOf(ConflictException.class);
        for (ActiveRun leftWithAPoint : List.of(here, deleted)) {
            assertThatThrownBy(leftWithAPoint::close).isInstanceOf(ConflictException.class);
            leftWithAPoint.close();
        }
    }

    private static void assertRefused(ActiveRun active, String why) {
        List<Consumer<ActiveRun>> writes = List.of(
                one -> {
                    one.metric("loss", 1);
                    one.flush();
                },
                one -> one.param("a", 1),
                one -> one.tag("a", "1"),
                one -> one.removeTag("a"),
                one -> one.artifact("a.txt", new ByteArrayInputStream(new byte[1])));
        for (Consumer<ActiveRun> write : writes) {
            assertThatThrownBy(() -> write.accept(active))
                    .isInstanceOf(ConflictException.class)
                    .hasMessageContaining(active.id())
                    .hasMessageContaining(why);
        }
    }

    @Test
    void aPurgedRunIsNotFound() {
        ActiveRun gone = runs.start("gone");
        runs.delete(gone.id());
        runs.purge(gone.id());
        assertThatThrownBy(() -> gone.param("a", 1)).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(gone::run).isInstanceOf(NotFoundException.class);
    }

    @Test
    void theHistoryIsPagedWhilePointsAreAdded() {
        Run done = runs.track("paged", active -> {
            IntStream.range(0, 10).forEach(i -> active.metric("loss", i, 2L * i));
            active.flush();
            var first = runs.metricHistory(active.id(), "loss").page(4);
            active.metric("loss", 0.5, 1);
            active.metric("loss", 8.5, 17);
            active.flush();
            var rest = runs.metricHistory(active.id(), "loss")
                    .page(new PageRequest(100, first.nextToken().orElseThrow()));
            assertThat(first.items()).extracting(Metric::step).containsExactly(0L, 2L, 4L, 6L);
            assertThat(rest.items()).extracting(Metric::step).containsExactly(8L, 10L, 12L, 14L, 16L, 17L, 18L);
            assertThat(rest.nextToken()).isEmpty();
        });
        assertThat(runs.metricHistory(done.id(), "loss").toList()).hasSize(12);
        assertThatThrownBy(() -> runs.metricHistory(done.id(), "loss").page(new PageRequest(10, "not-a-token")))
                .isInstanceOf(InvalidInputException.class);
    }
}
