package dev.mlops.testkit.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mlops.api.run.Metric;
import dev.mlops.api.run.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Metric points. */
public abstract class MetricsContract extends MetadataStoreContract {
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    /** For subclasses. */
    protected MetricsContract() {}

    @Test
    void keepsPointsInTheOrderOfStepTimeAndValue() {
        Run run = run();
        append(run, point(2, 0, 5), point(1, 9, 1), point(1, 0, 7), point(1, 0, 3), point(-4, 0, 0));

        assertThat(history(run, 100))
                .containsExactly(point(-4, 0, 0), point(1, 0, 3), point(1, 0, 7), point(1, 9, 1), point(2, 0, 5));
        assertThat(history(run, 2)).isEqualTo(history(run, 100));
    }

    @Test
    void keepsEqualPointsOnceInOneBatchAndAcrossBatches() {
        Run run = run();
        append(run, point(1, 0, 5), point(1, 0, 5), point(1, 0, Double.NaN), point(1, 0, Double.NaN));
        append(run, point(1, 0, 5), point(1, 0, Double.NaN), point(1, 0, -0.0), point(1, 0, 0.0));

        assertThat(history(run, 1)).containsExactly(point(1, 0, Double.NaN), point(1, 0, 0), point(1, 0, 5));
    }

    @Test
    void keepsNanAndInfinitiesAndExtremesAsTheyAre() {
        Run run = run();
        List<Metric> points = List.of(
                point(1, 0, Double.NaN),
                point(1, 0, -INFINITY),
                point(1, 0, -Double.MAX_VALUE),
                point(1, 0, Double.MIN_VALUE),
                point(1, 0, 0.1 + 0.2),
                point(1, 0, Double.MAX_VALUE),
                point(1, 0, INFINITY),
                point(Long.MAX_VALUE, 0, 1),
                point(Long.MIN_VALUE + 1, 0, 1));
        append(run, points.toArray(Metric[]::new));

        List<Metric> expected = new ArrayList<>(List.of(points.get(8)));
        expected.addAll(points.subList(0, 8));
        assertThat(history(run, 2)).isEqualTo(expected);
    }

    @Test
    void theLatestIsTheLargestByStepThenTimeThenValue() {
        Run run = run();
        append(run, point(5, 0, 1), point(3, 100, 9), point(5, 0, 2), point(5, 0, Double.NaN));
        assertThat(latest(run)).containsExactly(Map.entry("loss", point(5, 0, 2)));

        append(run, point(4, 500, 77));
        assertThat(latest(run)).containsEntry("loss", point(5, 0, 2));

        append(run, point(5, 1, -3));
        assertThat(latest(run)).containsEntry("loss", point(5, 1, -3));

        append(run, point(6, 0, Double.NaN));
        assertThat(latest(run)).containsEntry("loss", point(6, 0, Double.NaN));

        append(run, point(6, 0, -INFINITY));
        assertThat(latest(run)).containsEntry("loss", point(6, 0, -INFINITY));
    }

    @Test
    void keepsTheKeysAndRunsApart() {
        Run first = run();
        Run second = run();
        append(first, new Metric("a", 1, 1, World.NOW), new Metric("A", 2, 1, World.NOW));
        append(second, new Metric("a", 3, 1, World.NOW));

        assertThat(latest(first)).hasSize(2).containsEntry("A", new Metric("A", 2, 1, World.NOW));
        assertThat(latest(second)).containsExactly(Map.entry("a", new Metric("a", 3, 1, World.NOW)));
        assertThat(readAll(10, (tx, page) -> tx.metrics().history(first.id(), "a", page)))
                .containsExactly(new Metric("a", 1, 1, World.NOW));
        assertThat(readAll(10, (tx, page) -> tx.metrics().history(first.id(), "b", page)))
                .isEmpty();
    }

    @Test
    void takesAnyNumberOfPointsAtOnce() {
        Run run = run();
        List<Metric> points = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            points.add(new Metric("m" + i % 50, i, i, World.NOW));
        }
        change(tx -> {
            tx.metrics().append(run.id(), points);
            tx.metrics().append(run.id(), List.of());
        });

        assertThat(latest(run)).hasSize(50).containsEntry("m49", new Metric("m49", 19_999, 19_999, World.NOW));
        assertThat(readAll(150, (tx, page) -> tx.metrics().history(run.id(), "m7", page)))
                .hasSize(400);
    }

    @Test
    void severalWritersOfOneKeyLoseNothing() {
        Run run = run();
        AtomicInteger step = new AtomicInteger();

        together(5, () -> {
            for (int i = 0; i < 8; i++) {
                int mine = step.incrementAndGet();
                append(run, point(mine, 0, mine), new Metric("other", mine, mine, World.NOW), point(0, 0, 0));
            }
            return run;
        });

        assertThat(history(run, 7)).hasSize(41);
        assertThat(latest(run)).containsEntry("loss", point(40, 0, 40)).hasSize(2);
    }

    @Test
    void aRollbackTakesPointsAndLatestBack() {
        Run run = run();
        append(run, point(1, 0, 1));
        try {
            write(tx -> {
                tx.metrics().append(run.id(), List.of(point(2, 0, 2), new Metric("new", 1, 1, World.NOW)));
                throw new IllegalArgumentException("roll back");
            });
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessage("roll back");
        }
        append(run, new Metric("new", 3, 3, World.NOW));

        assertThat(latest(run))
                .containsOnly(Map.entry("loss", point(1, 0, 1)), Map.entry("new", new Metric("new", 3, 3, World.NOW)));
    }

    private Run run() {
        return world().run(world().experiment(world().project()));
    }

    private static Metric point(long step, long millis, double value) {
        return new Metric("loss", value, step, Instant.ofEpochMilli(millis));
    }

    private void append(Run run, Metric... points) {
        change(tx -> {
            tx.metrics().append(run.id(), List.of(points));
        });
    }

    private Map<String, Metric> latest(Run run) {
        return read(tx -> tx.metrics().latest(run.id()));
    }

    private List<Metric> history(Run run, int limit) {
        return readAll(limit, (tx, page) -> tx.metrics().history(run.id(), "loss", page));
    }
}
