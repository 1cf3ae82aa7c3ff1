package dev.mlops.jdbc;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.model.Alias;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Releases of applications. */
final class Releases {
    private static final RowMapper<Stored> STORED = Row.mapper(Releases::stored);
    private static final String SELECT = """
            SELECT released.*, application.project_id
              FROM application_release AS released JOIN application ON application.id = released.application_id
            """;

    private final Session session;
    private final ApplicationVersions versions;

    Releases(Session session, ApplicationVersions versions) {
        this.session = session;
        this.versions = versions;
    }

    /** A row, whose version is read for a whole page at once. */
    private record Stored(
            String id,
            String projectId,
            String applicationId,
            long number,
            Release.Kind kind,
            String versionId,
            @Nullable Alias alias,
            @Nullable String replacedId,
            @Nullable String restoresId,
            String by,
            Instant at) {}

    boolean insert(Release release, @Nullable String expected) {
        session.lockRow("SELECT id FROM application WHERE id = :id FOR UPDATE", release.applicationId());
        if (!Pointer.APPLICATION_CURRENT.isAt(session, release.applicationId(), expected)) {
            return false;
        }
        insert(release);
        return Pointer.APPLICATION_CURRENT.move(session, release.applicationId(), expected, release.id());
    }

    private void insert(Release release) {
        Alias alias = release.alias();
        session.update("""
                INSERT INTO application_release (id, application_id, number, kind, version_id, alias, replaced_id,
                                                 restores_id, released_by, released_at)
                VALUES (:id, :applicationId, :number, :kind, :versionId, :alias, :replacedId,
                        :restoresId, :by, :at)
                """)
                .bind("id", release.id())
                .bind("applicationId", release.applicationId())
                .bind("number", release.number())
                .bind("kind", release.kind().name())
                .bind("versionId", release.version().id())
                .bind("alias", alias == null ? null : alias.name())
                .bind("replacedId", release.replacedId())
                .bind("restoresId", release.restoresId())
                .bind("by", release.by())
                .bind("at", release.at().toEpochMilli())
                .execute();
    }

    Optional<Release> find(String id) {
        return whole(session.query(SELECT + "WHERE released.id = :id")
                        .bind("id", id)
                        .map(STORED)
                        .list())
                .stream()
                .findFirst();
    }

    Page<Release> list(String applicationId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "releases", applicationId);
        List<Stored> rows = session.query(SELECT + """
                 WHERE released.application_id = :applicationId AND released.number < :before
                 ORDER BY released.number DESC LIMIT :limit
                """)
                .bind("applicationId", applicationId)
                .bind("before", cursor.number(0, Long.MAX_VALUE))
                .bind("limit", cursor.fetch())
                .map(STORED)
                .list();
        return cursor.page(whole(rows), release -> List.of(release.number()));
    }

    private List<Release> whole(List<Stored> rows) {
        Map<String, ApplicationVersion> byId = rows.isEmpty()
                ? Map.of()
                : versions.byId(rows.stream().map(Stored::versionId).distinct().toList());
        return rows.stream().map(row -> release(row, byId.get(row.versionId()))).toList();
    }

    private static Release release(Stored row, @Nullable ApplicationVersion version) {
        if (version == null) {
            throw new IntegrityException(
                    "Release %s refers to version %s, which is not there".formatted(row.id(), row.versionId()));
        }
        return new Release(
                row.id(),
                row.projectId(),
                row.applicationId(),
                row.number(),
                row.kind(),
                version,
                row.alias(),
                row.replacedId(),
                row.restoresId(),
                row.by(),
                row.at());
    }

    private static Stored stored(Row row) throws SQLException {
        String alias = row.optionalText("alias");
        return new Stored(
                row.text("id"),
                row.text("project_id"),
                row.text("application_id"),
                row.number("number"),
                row.constant("kind", Release.Kind.class),
                row.text("version_id"),
                alias == null ? null : Alias.of(alias),
                row.optionalText("replaced_id"),
                row.optionalText("restores_id"),
                row.text("released_by"),
                row.time("released_at"));
    }
}
