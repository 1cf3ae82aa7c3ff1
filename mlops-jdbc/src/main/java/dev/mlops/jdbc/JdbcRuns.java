package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import dev.mlops.api.run.DatasetUse;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.Run;
import dev.mlops.api.run.RunData;
import dev.mlops.api.run.RunQuery;
import dev.mlops.api.run.RunStatus;
import dev.mlops.api.spi.metadata.RunRepository;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Runs; search is in {@link RunSearch}, what belongs to runs is read by {@link RunDetails}. */
final class JdbcRuns implements RunRepository {
    private static final RowMapper<Run> RUN = Row.mapper(JdbcRuns::run);

    private final Session session;
    private final RunDetails details;
    private final RunArtifacts artifacts;

    JdbcRuns(Session session) {
        this.session = session;
        this.details = new RunDetails(session);
        this.artifacts = new RunArtifacts(session);
    }

    @Override
    public void insert(Run run) {
        session.update("""
                INSERT INTO run (id, project_id, experiment_id, name, status, lifecycle, started_by, started_at,
                                 ended_at, failure)
                VALUES (:id, :projectId, :experimentId, :name, :status, :lifecycle, :startedBy, :startedAt,
                        :endedAt, :failure)
                """)
                .bind("id", run.id())
                .bind("projectId", run.projectId())
                .bind("experimentId", run.experimentId())
                .bind("name", run.name())
                .bind("status", run.status().name())
                .bind("lifecycle", run.lifecycle().name())
                .bind("startedBy", run.startedBy())
                .bind("startedAt", run.startedAt().toEpochMilli())
                .bind("endedAt", Row.millis(run.endedAt()))
                .bind("failure", run.failure())
                .execute();
    }

    @Override
    public Optional<Run> find(String id) {
        return session.query("""
                SELECT run.*, experiment.name AS experiment
                  FROM run JOIN experiment ON experiment.id = run.experiment_id
                 WHERE run.id = :id
                """).bind("id", id).map(RUN).findOne();
    }

    @Override
    public Optional<Run> lock(String id) {
        session.lockRow("SELECT id FROM run WHERE id = :id FOR UPDATE", id);
        return find(id);
    }

    @Override
    public void update(Run run) {
        session.update("""
                UPDATE run SET name = :name, status = :status, lifecycle = :lifecycle, ended_at = :endedAt,
                               failure = :failure
                 WHERE id = :id
                """)
                .bind("name", run.name())
                .bind("status", run.status().name())
                .bind("lifecycle", run.lifecycle().name())
                .bind("endedAt", Row.millis(run.endedAt()))
                .bind("failure", run.failure())
                .bind("id", run.id())
                .execute();
    }

    @Override
    public Optional<RunData> data(String id) {
        return find(id).map(run -> details.of(List.of(run)).get(0));
    }

    @Override
    public Page<RunData> search(String projectId, RunQuery query, Principal viewer, PageRequest page) {
        Page<Run> runs = new RunSearch(projectId, query, page).run(session, viewer);
        return new Page<>(details.of(runs.items()), runs.nextToken());
    }

    @Override
    public Map<String, String> insertParams(String runId, Map<String, String> params) {
        if (params.isEmpty()) {
            return Map.of();
        }
        Map<String, String> existing = existing(runId, params);
        Map<String, String> missing = new TreeMap<>(params);
        missing.keySet().removeAll(existing.keySet());
        if (insertMissing(runId, missing) < missing.size()) {
            // Another transaction inserted some of them meanwhile: those are there already too.
            Map<String, String> now = existing(runId, missing);
            now.entrySet().removeIf(entry -> entry.getValue().equals(missing.get(entry.getKey())));
            existing.putAll(now);
        }
        return existing;
    }

    private Map<String, String> existing(String runId, Map<String, String> params) {
        Map<String, String> existing = new HashMap<>();
        session.query("SELECT param_key, value FROM run_param WHERE run_id = :runId AND param_key IN <ids>")
                .bind("runId", runId)
                .bind("ids", Json.array(params.keySet()))
                .map(Row.mapper(row -> Map.entry(row.text("param_key"), row.text("value"))))
                .forEach(entry -> existing.put(entry.getKey(), entry.getValue()));
        return existing;
    }

    private int insertMissing(String runId, Map<String, String> missing) {
        if (missing.isEmpty()) {
            return 0;
        }
        PreparedBatch batch = session.batch("""
                INSERT INTO run_param (run_id, param_key, value) VALUES (:runId, :key, :value)
                ON CONFLICT (run_id, param_key) DO NOTHING
                """);
        missing.forEach((key, value) ->
                batch.bind("runId", runId).bind("key", key).bind("value", value).add());
        int inserted = 0;
        for (int count : batch.execute()) {
            inserted += count;
        }
        return inserted;
    }

    @Override
    public void setTags(String runId, Map<String, String> tags) {
        if (tags.isEmpty()) {
            return;
        }
        PreparedBatch batch = session.batch("""
                INSERT INTO run_tag (run_id, tag_key, value) VALUES (:runId, :key, :value)
                ON CONFLICT (run_id, tag_key) DO UPDATE SET value = excluded.value
                """);
        new TreeMap<>(tags)
                .forEach((key, value) -> batch.bind("runId", runId)
                        .bind("key", key)
                        .bind("value", value)
                        .add());
        batch.execute();
    }

    @Override
    public boolean removeTag(String runId, String key) {
        return session.update("DELETE FROM run_tag WHERE run_id = :runId AND tag_key = :key")
                        .bind("runId", runId)
                        .bind("key", key)
                        .execute()
                > 0;
    }

    @Override
    public void addDatasetUse(String runId, DatasetUse use) {
        String split = use.split();
        session.update("""
                INSERT INTO run_dataset (run_id, dataset_version_id, role, split)
                VALUES (:runId, :versionId, :role, :split) ON CONFLICT DO NOTHING
                """)
                .bind("runId", runId)
                .bind("versionId", use.datasetVersionId())
                .bind("role", use.role().name())
                .bind("split", split == null ? "" : split)
                .execute();
    }

    @Override
    public List<DatasetUse> datasetUses(String runId) {
        return details.datasetUses(List.of(runId)).getOrDefault(runId, List.of());
    }

    @Override
    public void putArtifact(String runId, Artifact artifact) {
        artifacts.put(runId, artifact);
    }

    @Override
    public Optional<Artifact> findArtifact(String runId, String path) {
        return artifacts.find(runId, path);
    }

    @Override
    public Page<Artifact> artifacts(String runId, String path, PageRequest page) {
        return artifacts.list(runId, path, page);
    }

    @Override
    public List<String> modelVersions(String runId) {
        return details.modelVersions(List.of(runId)).getOrDefault(runId, List.of());
    }

    @Override
    public void purge(String id) {
        session.update("DELETE FROM run WHERE id = :id").bind("id", id).execute();
    }

    /** A run in a row of {@code run} with the name of its experiment. */
    static Run run(Row row) throws SQLException {
        return new Run(
                row.text("id"),
                row.text("project_id"),
                row.text("experiment_id"),
                row.text("experiment"),
                row.text("name"),
                row.constant("status", RunStatus.class),
                row.constant("lifecycle", Lifecycle.class),
                row.text("started_by"),
                row.time("started_at"),
                row.optionalTime("ended_at"),
                row.optionalText("failure"));
    }
}
