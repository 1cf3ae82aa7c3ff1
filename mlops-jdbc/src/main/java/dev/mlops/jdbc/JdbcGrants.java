package dev.mlops.jdbc;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.AssetKind;
import dev.mlops.api.access.Grant;
import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.access.Subject;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.GrantRepository;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.SqlStatement;

/** Grants. */
final class JdbcGrants implements GrantRepository {
    private static final RowMapper<Numbered> GRANT = Row.mapper(row -> new Numbered(row.number("id"), grant(row)));
    private static final String THIS = """
            WHERE project_id = :projectId AND asset_kind = :assetKind AND asset_id = :assetId
              AND subject_kind = :subjectKind AND subject_name = :subjectName AND privilege = :privilege
            """;

    private final Session session;

    JdbcGrants(Session session) {
        this.session = session;
    }

    private record Numbered(long id, Grant grant) {}

    @Override
    public boolean insert(Grant grant) {
        return bind(session.update("""
                        INSERT INTO access_grant (project_id, asset_kind, asset_id, subject_kind, subject_name,
                                                  privilege, granted_by, granted_at)
                        VALUES (:projectId, :assetKind, :assetId, :subjectKind, :subjectName,
                                :privilege, :grantedBy, :grantedAt)
                        ON CONFLICT DO NOTHING
                        """), grant.projectId(), grant.asset(), grant.subject(), grant.privilege())
                        .bind("grantedBy", grant.grantedBy())
                        .bind("grantedAt", grant.grantedAt().toEpochMilli())
                        .execute()
                > 0;
    }

    @Override
    public Optional<Grant> find(String projectId, Asset asset, Subject subject, Privilege privilege) {
        return bind(session.query("SELECT * FROM access_grant " + THIS), projectId, asset, subject, privilege)
                .map(GRANT)
                .findOne()
                .map(Numbered::grant);
    }

    @Override
    public boolean delete(String projectId, Asset asset, Subject subject, Privilege privilege) {
        return bind(session.update("DELETE FROM access_grant " + THIS), projectId, asset, subject, privilege)
                        .execute()
                > 0;
    }

    @Override
    public void deleteAll(Asset asset) {
        session.update("DELETE FROM access_grant WHERE asset_id = :id AND asset_kind = :kind")
                .bind("id", asset.id())
                .bind("kind", asset.kind().name())
                .execute();
    }

    @Override
    public Page<Grant> list(String projectId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "grants", projectId);
        List<Numbered> rows = session.query("""
                SELECT * FROM access_grant WHERE project_id = :projectId AND id > :after ORDER BY id LIMIT :limit
                """)
                .bind("projectId", projectId)
                .bind("after", cursor.number(0, 0))
                .bind("limit", cursor.fetch())
                .map(GRANT)
                .list();
        Page<Numbered> found = cursor.page(rows, row -> List.of(row.id()));
        return new Page<>(found.items().stream().map(Numbered::grant).toList(), found.nextToken());
    }

    @Override
    public Set<Privilege> privileges(Principal principal, String projectId, Asset asset) {
        if (principal.isSystem()) {
            return EnumSet.of(Privilege.ADMIN);
        }
        List<Privilege> held = Viewer.bind(session.query("""
                        SELECT privilege FROM access_grant
                         WHERE project_id = :projectId AND asset_id IN (:projectId, :assetId)
                           AND (asset_kind = 'PROJECT' OR asset_kind = :assetKind) AND\s""" + Viewer.holds() + """

                        UNION
                        SELECT 'READ' FROM project
                         WHERE id = :projectId
                           AND (visibility = 'PUBLIC' OR visibility = 'INTERNAL' AND :viewerKind = 'USER')
                        """), principal)
                .bind("projectId", projectId)
                .bind("assetId", asset.id())
                .bind("assetKind", asset.kind().name())
                .map(Row.mapper(row -> row.constant("privilege", Privilege.class)))
                .list();
        return held.isEmpty() ? EnumSet.noneOf(Privilege.class) : EnumSet.copyOf(held);
    }

    @Override
    public long countAdmins(String projectId) {
        session.lockRow("SELECT id FROM project WHERE id = :id FOR UPDATE", projectId);
        return session.query("""
                SELECT count(*) FROM access_grant
                 WHERE project_id = :projectId AND asset_kind = 'PROJECT' AND privilege = 'ADMIN'
                """).bind("projectId", projectId).mapTo(Long.class).one();
    }

    private static <S extends SqlStatement<S>> S bind(
            S statement, String projectId, Asset asset, Subject subject, Privilege privilege) {
        return statement
                .bind("projectId", projectId)
                .bind("assetKind", asset.kind().name())
                .bind("assetId", asset.id())
                .bind("subjectKind", subject.kind().name())
                .bind("subjectName", subject.name())
                .bind("privilege", privilege.name());
    }

    private static Grant grant(Row row) throws SQLException {
        return new Grant(
                row.text("project_id"),
                new Asset(row.constant("asset_kind", AssetKind.class), row.text("asset_id")),
                new Subject(row.constant("subject_kind", Subject.Kind.class), row.text("subject_name")),
                row.constant("privilege", Privilege.class),
                row.text("granted_by"),
                row.time("granted_at"));
    }
}
