package dev.mlops.jdbc;

import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Metric;
import dev.mlops.api.spi.metadata.MetricRepository;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Metric points: a series for each run and key, with its latest point, and the points of each series. */
final class JdbcMetrics implements MetricRepository {
    private static final Comparator<Metric> ORDER = Comparator.comparingLong(Metric::step)
            .thenComparing(Metric::timestamp)
            .thenComparingInt(JdbcMetrics::isNumber)
            .thenComparingDouble(Metric::value);

    private final Session session;

    JdbcMetrics(Session session) {
        this.session = session;
    }

    @Override
    public void append(String runId, Collection<Metric> metrics) {
        if (metrics.isEmpty()) {
            return;
        }
        Map<String, Metric> latest = new TreeMap<>();
        metrics.forEach(metric -> latest.merge(metric.key(), metric, (a, b) -> ORDER.compare(a, b) < 0 ? b : a));
        putSeries(runId, latest.values());
        putPoints(seriesIds(runId, latest.keySet()), metrics);
    }

    /** In the order of keys, so that two transactions cannot wait for each other. */
    private void putSeries(String runId, Collection<Metric> latest) {
        PreparedBatch batch = session.batch("""
                INSERT INTO metric_series (run_id, metric_key, latest_step, latest_at, latest_is_number, latest_value)
                VALUES (:runId, :key, :step, :at, :isNumber, :value)
                ON CONFLICT (run_id, metric_key) DO UPDATE
                   SET latest_step = excluded.latest_step, latest_at = excluded.latest_at,
                       latest_is_number = excluded.latest_is_number, latest_value = excluded.latest_value
                 WHERE (metric_series.latest_step, metric_series.latest_at,
                        metric_series.latest_is_number, metric_series.latest_value)
                     < (excluded.latest_step, excluded.latest_at, excluded.latest_is_number, excluded.latest_value)
                """);
        latest.forEach(metric -> bind(batch, metric)
                .bind("runId", runId)
                .bind("key", metric.key())
                .add());
        batch.execute();
    }

    private Map<String, Long> seriesIds(String runId, Collection<String> keys) {
        Map<String, Long> ids = new HashMap<>();
        session.query("SELECT metric_key, id FROM metric_series WHERE run_id = :runId AND metric_key IN <ids>")
                .bind("runId", runId)
                .bind("ids", Json.array(keys))
                .map(Row.mapper(row -> Map.entry(row.text("metric_key"), row.number("id"))))
                .forEach(entry -> ids.put(entry.getKey(), entry.getValue()));
        return ids;
    }

    private void putPoints(Map<String, Long> seriesIds, Collection<Metric> metrics) {
        PreparedBatch batch = session.batch("""
                INSERT INTO metric_point (series_id, step, recorded_at, is_number, value)
                VALUES (:seriesId, :step, :at, :isNumber, :value)
                ON CONFLICT DO NOTHING
                """);
        metrics.forEach(metric -> bind(batch, metric)
                .bind("seriesId", seriesIds.get(metric.key()))
                .add());
        batch.execute();
    }

    private static PreparedBatch bind(PreparedBatch batch, Metric metric) {
        return batch.bind("step", metric.step())
                .bind("at", metric.timestamp().toEpochMilli())
                .bind("isNumber", isNumber(metric))
                .bind("value", isNumber(metric) == 1 ? metric.value() : 0.0);
    }

    private static int isNumber(Metric metric) {
        return Double.isNaN(metric.value()) ? 0 : 1;
    }

    @Override
    public Map<String, Metric> latest(String runId) {
        Map<String, Metric> result = new TreeMap<>();
        session.query("SELECT * FROM metric_series WHERE run_id = :runId")
                .bind("runId", runId)
                .map(Row.mapper(JdbcMetrics::latest))
                .forEach(metric -> result.put(metric.key(), metric));
        return result;
    }

    /** The latest point in a row of {@code metric_series}. */
    static Metric latest(Row row) throws SQLException {
        return new Metric(
                row.text("metric_key"),
                row.number("latest_is_number") == 1 ? row.real("latest_value") : Double.NaN,
                row.number("latest_step"),
                row.time("latest_at"));
    }

    @Override
    public Page<Metric> history(String runId, String key, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "metric history", runId, key);
        return cursor.page(
                session.query("""
                        SELECT point.step, point.recorded_at, point.is_number, point.value
                          FROM metric_series AS series JOIN metric_point AS point ON point.series_id = series.id
                         WHERE series.run_id = :runId AND series.metric_key = :key
                           AND (point.step, point.recorded_at, point.is_number, point.value)
                             > (:step, :at, :isNumber, :value)
                         ORDER BY point.step, point.recorded_at, point.is_number, point.value
                         LIMIT :limit
                        """)
                        .bind("runId", runId)
                        .bind("key", key)
                        .bind("step", cursor.number(0, Long.MIN_VALUE))
                        .bind("at", cursor.number(1, -1))
                        .bind("isNumber", cursor.number(2, -1))
                        .bind("value", cursor.real(3, 0))
                        .bind("limit", cursor.fetch())
                        .map(Row.mapper(row -> point(key, row)))
                        .list(),
                metric -> List.of(
                        metric.step(),
                        metric.timestamp().toEpochMilli(),
                        isNumber(metric),
                        isNumber(metric) == 1 ? metric.value() : 0.0));
    }

    private static Metric point(String key, Row row) throws SQLException {
        double value = row.number("is_number") == 1 ? row.real("value") : Double.NaN;
        return new Metric(key, value, row.number("step"), Instant.ofEpochMilli(row.number("recorded_at")));
    }
}
