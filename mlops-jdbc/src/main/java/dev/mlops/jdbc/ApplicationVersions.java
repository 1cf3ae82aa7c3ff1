package dev.mlops.jdbc;

import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Pin;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;

/** Versions of applications with what they are tied to. */
final class ApplicationVersions {
    private static final RowMapper<ApplicationVersion> VERSION = Row.mapper(ApplicationVersions::version);
    private static final String SELECT = """
            SELECT version.*, application.project_id,
                   project.name || '/' || application.name || ':' || version.number AS reference
              FROM application_version AS version
              JOIN application ON application.id = version.application_id
              JOIN project ON project.id = application.project_id
            """;

    private final Session session;

    ApplicationVersions(Session session) {
        this.session = session;
    }

    void insert(ApplicationVersion version) {
        session.update("""
                INSERT INTO application_version (id, application_id, number, comment, created_by, created_at)
                VALUES (:id, :applicationId, :number, :comment, :createdBy, :createdAt)
                """)
                .bind("id", version.id())
                .bind("applicationId", version.applicationId())
                .bind("number", version.number())
                .bind("comment", version.comment())
                .bind("createdBy", version.createdBy())
                .bind("createdAt", version.createdAt().toEpochMilli())
                .execute();
        insertPins(version.id(), version.models(), """
                INSERT INTO application_model_pin (version_id, model_version_id, position)
                VALUES (:id, :pinned, :position)
                """);
        insertPins(version.id(), version.datasets(), """
                INSERT INTO application_dataset_pin (version_id, dataset_version_id, position)
                VALUES (:id, :pinned, :position)
                """);
    }

    private void insertPins(String versionId, List<Pin> pins, String sql) {
        if (pins.isEmpty()) {
            return;
        }
        PreparedBatch batch = session.batch(sql);
        int position = 0;
        for (Pin pin : pins) {
            batch.bind("id", versionId)
                    .bind("pinned", pin.id())
                    .bind("position", position++)
                    .add();
        }
        batch.execute();
    }

    Optional<ApplicationVersion> find(String applicationId, long number) {
        return one(session.query(SELECT + "WHERE version.application_id = :applicationId AND version.number = :number")
                .bind("applicationId", applicationId)
                .bind("number", number));
    }

    Optional<ApplicationVersion> findById(String id) {
        return one(session.query(SELECT + "WHERE version.id = :id").bind("id", id));
    }

    /** Several versions by their ids. */
    Map<String, ApplicationVersion> byId(Collection<String> ids) {
        List<ApplicationVersion> rows = session.query(SELECT + "WHERE version.id IN <ids>")
                .bind("ids", Json.array(ids))
                .map(VERSION)
                .list();
        return withPins(rows).stream().collect(Collectors.toMap(ApplicationVersion::id, Function.identity()));
    }

    Page<ApplicationVersion> list(String applicationId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "application versions", applicationId);
        List<ApplicationVersion> rows = session.query(SELECT + """
                 WHERE version.application_id = :applicationId AND version.number < :before
                 ORDER BY version.number DESC LIMIT :limit
                """)
                .bind("applicationId", applicationId)
                .bind("before", cursor.number(0, Long.MAX_VALUE))
                .bind("limit", cursor.fetch())
                .map(VERSION)
                .list();
        return cursor.page(withPins(rows), version -> List.of(version.number()));
    }

    private Optional<ApplicationVersion> one(Query query) {
        return withPins(query.map(VERSION).list()).stream().findFirst();
    }

    private List<ApplicationVersion> withPins(List<ApplicationVersion> versions) {
        List<String> ids = versions.stream().map(ApplicationVersion::id).toList();
        Map<String, List<Pin>> models = pins(ids, """
                SELECT pin.version_id AS owner, pinned.id,
                       project.name || '/' || model.name || ':' || pinned.version AS reference
                  FROM application_model_pin AS pin
                  JOIN model_version AS pinned ON pinned.id = pin.model_version_id
                  JOIN model ON model.id = pinned.model_id
                  JOIN project ON project.id = model.project_id
                 WHERE pin.version_id IN <ids> ORDER BY pin.version_id, pin.position
                """);
        Map<String, List<Pin>> datasets = pins(ids, """
                SELECT pin.version_id AS owner, pinned.id,
                       project.name || '/' || dataset.name || ':' || pinned.name AS reference
                  FROM application_dataset_pin AS pin
                  JOIN dataset_version AS pinned ON pinned.id = pin.dataset_version_id
                  JOIN dataset ON dataset.id = pinned.dataset_id
                  JOIN project ON project.id = dataset.project_id
                 WHERE pin.version_id IN <ids> ORDER BY pin.version_id, pin.position
                """);
        return versions.stream()
                .map(version -> with(
                        version,
                        models.getOrDefault(version.id(), List.of()),
                        datasets.getOrDefault(version.id(), List.of())))
                .toList();
    }

    private Map<String, List<Pin>> pins(List<String> ids, String sql) {
        return session.byOwner(sql, ids, row -> new Pin(row.text("id"), row.text("reference")));
    }

    private static ApplicationVersion version(Row row) throws SQLException {
        return new ApplicationVersion(
                row.text("id"),
                row.text("project_id"),
                row.text("application_id"),
                row.text("reference"),
                row.number("number"),
                row.text("comment"),
                List.of(),
                List.of(),
                row.text("created_by"),
                row.time("created_at"));
    }

    private static ApplicationVersion with(ApplicationVersion version, List<Pin> models, List<Pin> datasets) {
        return new ApplicationVersion(
                version.id(),
                version.projectId(),
                version.applicationId(),
                version.reference(),
                version.number(),
                version.comment(),
                models,
                datasets,
                version.createdBy(),
                version.createdAt());
    }
}
