package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.run.Experiment;
import dev.mlops.api.run.Lifecycle;
import dev.mlops.api.run.LifecycleView;
import dev.mlops.api.spi.metadata.ExperimentRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Experiments. */
final class JdbcExperiments implements ExperimentRepository {
    private static final RowMapper<Experiment> EXPERIMENT = Row.mapper(JdbcExperiments::experiment);
    private static final String LIST = """
            SELECT experiment.* FROM experiment JOIN project ON project.id = experiment.project_id
             WHERE experiment.project_id = :projectId AND experiment.name > :after
               AND (:view = 'ALL' OR experiment.lifecycle = :view)
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "experiment.id") + """

             ORDER BY experiment.name LIMIT :limit
            """;

    private final Session session;

    JdbcExperiments(Session session) {
        this.session = session;
    }

    @Override
    public void insert(Experiment experiment) {
        int inserted = session.update("""
                INSERT INTO experiment (id, project_id, name, description, lifecycle, created_by, created_at)
                VALUES (:id, :projectId, :name, :description, :lifecycle, :createdBy, :createdAt)
                ON CONFLICT (project_id, name) DO NOTHING
                """)
                .bind("id", experiment.id())
                .bind("projectId", experiment.projectId())
                .bind("name", experiment.name())
                .bind("description", experiment.description())
                .bind("lifecycle", experiment.lifecycle().name())
                .bind("createdBy", experiment.createdBy())
                .bind("createdAt", experiment.createdAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException(
                    "Experiment '%s' exists already in the project".formatted(experiment.name()));
        }
    }

    @Override
    public Optional<Experiment> find(String projectId, String name) {
        return session.query("SELECT * FROM experiment WHERE project_id = :projectId AND name = :name")
                .bind("projectId", projectId)
                .bind("name", name)
                .map(EXPERIMENT)
                .findOne();
    }

    @Override
    public Optional<Experiment> findById(String id) {
        return session.query("SELECT * FROM experiment WHERE id = :id")
                .bind("id", id)
                .map(EXPERIMENT)
                .findOne();
    }

    @Override
    public Page<Experiment> list(String projectId, LifecycleView view, Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "experiments", projectId, view);
        return cursor.page(
                Viewer.bind(session.query(LIST), viewer)
                        .bind("projectId", projectId)
                        .bind("view", name(view))
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(EXPERIMENT)
                        .list(),
                experiment -> List.of(experiment.name()));
    }

    private static String name(LifecycleView view) {
        return switch (view) {
            case ACTIVE_ONLY -> Lifecycle.ACTIVE.name();
            case DELETED_ONLY -> Lifecycle.DELETED.name();
            case ALL -> "ALL";
        };
    }

    @Override
    public void update(Experiment experiment) {
        session.update("UPDATE experiment SET description = :description, lifecycle = :lifecycle WHERE id = :id")
                .bind("description", experiment.description())
                .bind("lifecycle", experiment.lifecycle().name())
                .bind("id", experiment.id())
                .execute();
    }

    @Override
    public long nextRunNumber(String experimentId) {
        return Counter.next(session, "experiment", experimentId, """
                UPDATE experiment SET last_run_number = last_run_number + 1 WHERE id = :id RETURNING last_run_number
                """);
    }

    private static Experiment experiment(Row row) throws SQLException {
        return new Experiment(
                row.text("id"),
                row.text("project_id"),
                row.text("name"),
                row.text("description"),
                row.constant("lifecycle", Lifecycle.class),
                row.text("created_by"),
                row.time("created_at"));
    }
}
