package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.access.Visibility;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.project.ProjectInfo;
import dev.mlops.api.spi.metadata.ProjectRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Projects. */
final class JdbcProjects implements ProjectRepository {
    private static final RowMapper<ProjectInfo> PROJECT = Row.mapper(JdbcProjects::project);
    private static final String ENTER = Viewer.mayEnter("project.visibility", "project.id");

    private final Session session;

    JdbcProjects(Session session) {
        this.session = session;
    }

    @Override
    public void insert(ProjectInfo project) {
        int inserted = session.update("""
                INSERT INTO project (id, name, visibility, description, created_by, created_at)
                VALUES (:id, :name, :visibility, :description, :createdBy, :createdAt)
                ON CONFLICT (name) DO NOTHING
                """)
                .bind("id", project.id())
                .bind("name", project.name())
                .bind("visibility", project.visibility().name())
                .bind("description", project.description())
                .bind("createdBy", project.createdBy())
                .bind("createdAt", project.createdAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException(
                    "Project '%s' exists already; choose another name or open it".formatted(project.name()));
        }
    }

    @Override
    public Optional<ProjectInfo> find(String name) {
        return session.query("SELECT * FROM project WHERE name = :name")
                .bind("name", name)
                .map(PROJECT)
                .findOne();
    }

    @Override
    public Optional<ProjectInfo> findById(String id) {
        return session.query("SELECT * FROM project WHERE id = :id")
                .bind("id", id)
                .map(PROJECT)
                .findOne();
    }

    @Override
    public Page<ProjectInfo> list(Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "projects");
        return cursor.page(
                Viewer.bind(
                                session.query("SELECT * FROM project WHERE name > :after AND " + ENTER
                                        + " ORDER BY name LIMIT :limit"),
                                viewer)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(PROJECT)
                        .list(),
                project -> List.of(project.name()));
    }

    @Override
    public boolean isVisible(String id, Principal viewer) {
        return Viewer.bind(session.query("SELECT id FROM project WHERE id = :id AND " + ENTER), viewer)
                .bind("id", id)
                .mapTo(String.class)
                .findOne()
                .isPresent();
    }

    @Override
    public void update(ProjectInfo project) {
        session.update("UPDATE project SET visibility = :visibility, description = :description WHERE id = :id")
                .bind("visibility", project.visibility().name())
                .bind("description", project.description())
                .bind("id", project.id())
                .execute();
    }

    @Override
    public List<String> contents(String id) {
        return session.query("""
                SELECT noun, amount FROM (
                    SELECT 1 AS place, 'experiment' AS noun, count(*) AS amount FROM experiment WHERE project_id = :id
                    UNION ALL SELECT 2, 'run', count(*) FROM run WHERE project_id = :id
                    UNION ALL SELECT 3, 'data set', count(*) FROM dataset WHERE project_id = :id
                    UNION ALL SELECT 4, 'model', count(*) FROM model WHERE project_id = :id
                    UNION ALL SELECT 5, 'application', count(*) FROM application WHERE project_id = :id
                    UNION ALL SELECT 6, 'device', count(*) FROM device WHERE project_id = :id
                ) AS content WHERE amount > 0 ORDER BY place
                """)
                .bind("id", id)
                .map(Row.mapper(row -> counted(row.number("amount"), row.text("noun"))))
                .list();
    }

    private static String counted(long amount, String noun) {
        return amount + " " + noun + (amount == 1 ? "" : "s");
    }

    @Override
    public void delete(String id) {
        session.update("DELETE FROM idempotency WHERE scope = :id OR resource_id = :id")
                .bind("id", id)
                .execute();
        session.update("DELETE FROM project WHERE id = :id").bind("id", id).execute();
    }

    private static ProjectInfo project(Row row) throws SQLException {
        return new ProjectInfo(
                row.text("id"),
                row.text("name"),
                row.constant("visibility", Visibility.class),
                row.text("description"),
                row.text("created_by"),
                row.time("created_at"));
    }
}
