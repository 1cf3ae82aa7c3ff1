package dev.mlops.jdbc;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.model.ModelFile;
import dev.mlops.api.model.ModelStatus;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.model.Signature;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** Versions of models with their files and the data that they were made from. */
final class ModelVersions {
    private static final RowMapper<ModelVersion> VERSION = Row.mapper(ModelVersions::version);
    private static final String SELECT = """
            SELECT version.*, model.project_id,
                   project.name || '/' || model.name || ':' || version.version AS reference
              FROM model_version AS version
              JOIN model ON model.id = version.model_id
              JOIN project ON project.id = model.project_id
            """;

    private final Session session;

    ModelVersions(Session session) {
        this.session = session;
    }

    void insert(ModelVersion version) {
        reserveNumber(version);
        Signature signature = version.signature();
        session.update("""
                INSERT INTO model_version (id, model_id, version, ordinal, title, comment, status, status_reason,
                                           signature_json, source, digest, run_id, created_by, created_at)
                VALUES (:id, :modelId, :version, :ordinal, :title, :comment, :status, :statusReason,
                        :signature, :source, :digest, :runId, :createdBy, :createdAt)
                """)
                .bind("id", version.id())
                .bind("modelId", version.modelId())
                .bind("version", version.version())
                .bind("ordinal", version.ordinal())
                .bind("title", version.title())
                .bind("comment", version.comment())
                .bind("status", version.status().name())
                .bind("statusReason", version.statusReason())
                .bind("signature", signature == null ? null : SignatureJson.toJson(signature))
                .bind("source", version.source())
                .bind("digest", version.digest().hex())
                .bind("runId", version.runId())
                .bind("createdBy", version.createdBy())
                .bind("createdAt", version.createdAt().toEpochMilli())
                .execute();
        insertFiles(version);
        insertDatasets(version);
    }

    private void reserveNumber(ModelVersion version) {
        int inserted = session.update("""
                INSERT INTO model_number (model_id, version, ordinal) VALUES (:modelId, :version, :ordinal)
                ON CONFLICT (model_id, version) DO NOTHING
                """)
                .bind("modelId", version.modelId())
                .bind("version", version.version())
                .bind("ordinal", version.ordinal())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Version '%s' of model %s was given before; choose another number"
                    .formatted(version.version(), version.modelId()));
        }
    }

    private void insertFiles(ModelVersion version) {
        if (version.files().isEmpty()) {
            return;
        }
        PreparedBatch batch = session.batch("""
                INSERT INTO model_version_file (version_id, path, size, sha256) VALUES (:id, :path, :size, :sha256)
                """);
        version.files()
                .forEach(file -> batch.bind("id", version.id())
                        .bind("path", file.path())
                        .bind("size", file.size())
                        .bind("sha256", file.sha256().hex())
                        .add());
        batch.execute();
    }

    private void insertDatasets(ModelVersion version) {
        if (version.datasetVersionIds().isEmpty()) {
            return;
        }
        PreparedBatch batch = session.batch("""
                INSERT INTO model_version_dataset (version_id, dataset_version_id, position)
                VALUES (:id, :datasetVersionId, :position) ON CONFLICT DO NOTHING
                """);
        int position = 0;
        for (String datasetVersionId : version.datasetVersionIds()) {
            batch.bind("id", version.id())
                    .bind("datasetVersionId", datasetVersionId)
                    .bind("position", position++)
                    .add();
        }
        batch.execute();
    }

    Optional<ModelVersion> find(String modelId, String version) {
        return one(session.query(SELECT + "WHERE version.model_id = :modelId AND version.version = :version")
                .bind("modelId", modelId)
                .bind("version", version));
    }

    Optional<ModelVersion> findById(String id) {
        return one(session.query(SELECT + "WHERE version.id = :id").bind("id", id));
    }

    Optional<ModelVersion> latest(String modelId) {
        return one(session.query(SELECT + "WHERE version.model_id = :modelId ORDER BY version.ordinal DESC LIMIT 1")
                .bind("modelId", modelId));
    }

    Optional<ModelVersion> findByAlias(String modelId, Alias alias) {
        return one(session.query(SELECT + """
                  JOIN model_alias ON model_alias.version_id = version.id
                 WHERE model_alias.model_id = :modelId AND model_alias.alias = :alias
                """).bind("modelId", modelId).bind("alias", alias.name()));
    }

    Page<ModelVersion> list(String modelId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "model versions", modelId);
        List<ModelVersion> rows = session.query(SELECT + """
                 WHERE version.model_id = :modelId AND version.ordinal < :before
                 ORDER BY version.ordinal DESC LIMIT :limit
                """)
                .bind("modelId", modelId)
                .bind("before", cursor.number(0, Long.MAX_VALUE))
                .bind("limit", cursor.fetch())
                .map(VERSION)
                .list();
        return cursor.page(whole(rows), version -> List.of(version.ordinal()));
    }

    private Optional<ModelVersion> one(Query query) {
        return whole(query.map(VERSION).list()).stream().findFirst();
    }

    /** Adds files and data to versions, with two queries for all of them. */
    private List<ModelVersion> whole(List<ModelVersion> versions) {
        List<String> ids = versions.stream().map(ModelVersion::id).toList();
        Map<String, List<ModelFile>> files = session.byOwner(
                """
                SELECT version_id AS owner, path, size, sha256 FROM model_version_file
                 WHERE version_id IN <ids> ORDER BY version_id, path
                """, ids, row -> new ModelFile(row.text("path"), row.number("size"), row.sha256("sha256")));
        Map<String, List<String>> datasets = session.byOwner("""
                SELECT version_id AS owner, dataset_version_id FROM model_version_dataset
                 WHERE version_id IN <ids> ORDER BY version_id, position
                """, ids, row -> row.text("dataset_version_id"));
        return versions.stream()
                .map(version -> with(
                        version,
                        files.getOrDefault(version.id(), List.of()),
                        datasets.getOrDefault(version.id(), List.of())))
                .toList();
    }

    List<String> users(String versionId) {
        return session.query("""
                SELECT words FROM (
                    SELECT 'alias ' || alias AS words FROM model_alias WHERE version_id = :id
                    UNION ALL
                    SELECT 'application version ' || project.name || '/' || application.name || ':' || version.number
                      FROM application_model_pin AS pin
                      JOIN application_version AS version ON version.id = pin.version_id
                      JOIN application ON application.id = version.application_id
                      JOIN project ON project.id = application.project_id
                     WHERE pin.model_version_id = :id
                    UNION ALL
                    SELECT 'deployment ' || deployment.number || ' on ' || device.name
                      FROM deployment JOIN device ON device.id = deployment.device_id
                     WHERE deployment.model_version_id = :id AND deployment.desired <> 'ABSENT'
                ) AS users LIMIT 20
                """).bind("id", versionId).mapTo(String.class).list();
    }

    void delete(String id) {
        detachDeployments("WHERE version.id = :id", id);
        session.update("DELETE FROM model_version WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    /** Lets deployments that are over go on without their versions; they keep what these were called. */
    void detachDeployments(String versions, String id) {
        session.update("""
                UPDATE deployment
                   SET former_version_id = model_version_id,
                       former_reference = (SELECT project.name || '/' || model.name || ':' || version.version
                                             FROM model_version AS version
                                             JOIN model ON model.id = version.model_id
                                             JOIN project ON project.id = model.project_id
                                            WHERE version.id = deployment.model_version_id),
                       model_version_id = NULL
                 WHERE desired = 'ABSENT'
                   AND model_version_id IN (SELECT version.id FROM model_version AS version\s""" + versions + ")").bind("id", id).execute();
    }

    private static ModelVersion version(Row row) throws SQLException {
        String signature = row.optionalText("signature_json");
        return new ModelVersion(
                row.text("id"),
                row.text("project_id"),
                row.text("model_id"),
                row.text("reference"),
                row.text("version"),
                row.number("ordinal"),
                row.text("title"),
                row.text("comment"),
                row.constant("status", ModelStatus.class),
                row.text("status_reason"),
                signature == null ? null : SignatureJson.fromJson(signature),
                row.text("source"),
                List.of(),
                row.sha256("digest"),
                row.optionalText("run_id"),
                List.of(),
                row.text("created_by"),
                row.time("created_at"));
    }

    private static ModelVersion with(ModelVersion version, List<ModelFile> files, List<String> datasets) {
        return new ModelVersion(
                version.id(),
                version.projectId(),
                version.modelId(),
                version.reference(),
                version.version(),
                version.ordinal(),
                version.title(),
                version.comment(),
                version.status(),
                version.statusReason(),
                version.signature(),
                version.source(),
                files,
                version.digest(),
                version.runId(),
                datasets,
                version.createdBy(),
                version.createdAt());
    }
}
