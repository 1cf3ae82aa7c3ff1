package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.release.Application;
import dev.mlops.api.release.ApplicationVersion;
import dev.mlops.api.release.Release;
import dev.mlops.api.spi.metadata.ApplicationRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Applications; versions are in {@link ApplicationVersions}, releases in {@link Releases}. */
final class JdbcApplications implements ApplicationRepository {
    private static final RowMapper<Application> APPLICATION = Row.mapper(JdbcApplications::application);
    private static final String SELECT = """
            SELECT application.*, application_current.release_id AS current_release_id
              FROM application
              LEFT JOIN application_current ON application_current.application_id = application.id
            """;
    private static final String LIST = """
            SELECT application.*, application_current.release_id AS current_release_id
              FROM application JOIN project ON project.id = application.project_id
              LEFT JOIN application_current ON application_current.application_id = application.id
             WHERE application.project_id = :projectId AND application.name > :after
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "application.id") + """

             ORDER BY application.name LIMIT :limit
            """;

    private final Session session;
    private final ApplicationVersions versions;
    private final Releases releases;

    JdbcApplications(Session session) {
        this.session = session;
        this.versions = new ApplicationVersions(session);
        this.releases = new Releases(session, versions);
    }

    @Override
    public void insert(Application application) {
        int inserted = session.update("""
                INSERT INTO application (id, project_id, name, description, created_by, created_at)
                VALUES (:id, :projectId, :name, :description, :createdBy, :createdAt)
                ON CONFLICT (project_id, name) DO NOTHING
                """)
                .bind("id", application.id())
                .bind("projectId", application.projectId())
                .bind("name", application.name())
                .bind("description", application.description())
                .bind("createdBy", application.createdBy())
                .bind("createdAt", application.createdAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException(
                    "Application '%s' exists already in the project".formatted(application.name()));
        }
    }

    @Override
    public Optional<Application> find(String projectId, String name) {
        return session.query(SELECT + "WHERE application.project_id = :projectId AND application.name = :name")
                .bind("projectId", projectId)
                .bind("name", name)
                .map(APPLICATION)
                .findOne();
    }

    @Override
    public Optional<Application> findById(String id) {
        return session.query(SELECT + "WHERE application.id = :id")
                .bind("id", id)
                .map(APPLICATION)
                .findOne();
    }

    @Override
    public Page<Application> list(String projectId, Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "applications", projectId);
        return cursor.page(
                Viewer.bind(session.query(LIST), viewer)
                        .bind("projectId", projectId)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(APPLICATION)
                        .list(),
                application -> List.of(application.name()));
    }

    @Override
    public long allocateVersion(String applicationId) {
        return Counter.next(session, "application", applicationId, """
                UPDATE application SET last_version = last_version + 1 WHERE id = :id RETURNING last_version
                """);
    }

    @Override
    public void insertVersion(ApplicationVersion version) {
        versions.insert(version);
    }

    @Override
    public Optional<ApplicationVersion> findVersion(String applicationId, long number) {
        return versions.find(applicationId, number);
    }

    @Override
    public Optional<ApplicationVersion> findVersionById(String id) {
        return versions.findById(id);
    }

    @Override
    public Page<ApplicationVersion> versions(String applicationId, PageRequest page) {
        return versions.list(applicationId, page);
    }

    @Override
    public long allocateRelease(String applicationId) {
        return Counter.next(session, "application", applicationId, """
                UPDATE application SET last_release = last_release + 1 WHERE id = :id RETURNING last_release
                """);
    }

    @Override
    public boolean insertRelease(Release release, @Nullable String expected) {
        return releases.insert(release, expected);
    }

    @Override
    public Optional<Release> findRelease(String id) {
        return releases.find(id);
    }

    @Override
    public Page<Release> releases(String applicationId, PageRequest page) {
        return releases.list(applicationId, page);
    }

    @Override
    public List<String> users(String versionId) {
        return session.query("""
                SELECT lower(kind) || ' ' || number FROM application_release
                 WHERE version_id = :id ORDER BY number LIMIT 20
                """).bind("id", versionId).mapTo(String.class).list();
    }

    @Override
    public void deleteVersion(String id) {
        session.update("DELETE FROM application_version WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    @Override
    public void delete(String id) {
        session.update("DELETE FROM application_current WHERE application_id = :id")
                .bind("id", id)
                .execute();
        session.update("DELETE FROM application_release WHERE application_id = :id")
                .bind("id", id)
                .execute();
        session.update("DELETE FROM application WHERE id = :id").bind("id", id).execute();
    }

    private static Application application(Row row) throws SQLException {
        return new Application(
                row.text("id"),
                row.text("project_id"),
                row.text("name"),
                row.text("description"),
                row.optionalText("current_release_id"),
                row.text("created_by"),
                row.time("created_at"));
    }
}
