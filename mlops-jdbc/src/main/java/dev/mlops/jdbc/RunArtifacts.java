package dev.mlops.jdbc;

import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Artifact;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;

/** Artifacts of runs. */
final class RunArtifacts {
    private static final RowMapper<Artifact> ARTIFACT = Row.mapper(RunArtifacts::artifact);

    private final Session session;

    RunArtifacts(Session session) {
        this.session = session;
    }

    void put(String runId, Artifact artifact) {
        session.update("""
                INSERT INTO run_artifact (run_id, path, size, sha256, media_type, created_at)
                VALUES (:runId, :path, :size, :sha256, :mediaType, :createdAt)
                ON CONFLICT (run_id, path) DO UPDATE
                   SET size = excluded.size, sha256 = excluded.sha256, media_type = excluded.media_type,
                       created_at = excluded.created_at
                """)
                .bind("runId", runId)
                .bind("path", artifact.path())
                .bind("size", artifact.size())
                .bind("sha256", artifact.sha256().hex())
                .bind("mediaType", artifact.mediaType())
                .bind("createdAt", artifact.createdAt().toEpochMilli())
                .execute();
    }

    Optional<Artifact> find(String runId, String path) {
        return session.query("SELECT * FROM run_artifact WHERE run_id = :runId AND path = :path")
                .bind("runId", runId)
                .bind("path", path)
                .map(ARTIFACT)
                .findOne();
    }

    Page<Artifact> list(String runId, String path, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "artifacts", runId, path);
        return cursor.page(
                (path.isEmpty() ? all() : below(path))
                        .bind("runId", runId)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(ARTIFACT)
                        .list(),
                artifact -> List.of(artifact.path()));
    }

    private Query all() {
        return session.query("""
                SELECT * FROM run_artifact WHERE run_id = :runId AND path > :after ORDER BY path LIMIT :limit
                """);
    }

    /** What lies below a path sorts between the path with {@code /} and the path with the next character, {@code 0}. */
    private Query below(String path) {
        return session.query("""
                SELECT * FROM run_artifact
                 WHERE run_id = :runId AND path > :after AND (path = :path OR path > :from AND path < :to)
                 ORDER BY path LIMIT :limit
                """).bind("path", path).bind("from", path + "/").bind("to", path + "0");
    }

    private static Artifact artifact(Row row) throws SQLException {
        return new Artifact(
                row.text("path"),
                row.number("size"),
                row.sha256("sha256"),
                row.text("media_type"),
                row.time("created_at"));
    }
}
