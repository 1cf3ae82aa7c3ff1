package dev.mlops.jdbc;

import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.DeploymentState;
import dev.mlops.api.edge.DesiredState;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Deployments with their steps and port leases. */
final class Deployments {
    private static final RowMapper<Deployment> DEPLOYMENT = Row.mapper(Deployments::deployment);
    private static final String SELECT = """
            SELECT deployment.*, device.project_id, device.name AS device,
                   coalesce(deployment.model_version_id, deployment.former_version_id) AS version_id,
                   coalesce(project.name || '/' || model.name || ':' || version.version,
                            deployment.former_reference) AS model
              FROM deployment
              JOIN device ON device.id = deployment.device_id
              LEFT JOIN model_version AS version ON version.id = deployment.model_version_id
              LEFT JOIN model ON model.id = version.model_id
              LEFT JOIN project ON project.id = model.project_id
            """;

    private final Session session;

    Deployments(Session session) {
        this.session = session;
    }

    void insert(Deployment deployment) {
        session.update("""
                INSERT INTO deployment (id, device_id, model_version_id, number, state, desired, instance, port,
                                        message, requested_by, requested_at, changed_at)
                VALUES (:id, :deviceId, :modelVersionId, :number, :state, :desired, :instance, :port,
                        :message, :requestedBy, :requestedAt, :changedAt)
                """)
                .bind("id", deployment.id())
                .bind("deviceId", deployment.deviceId())
                .bind("modelVersionId", deployment.modelVersionId())
                .bind("number", deployment.number())
                .bind("state", deployment.state().name())
                .bind("desired", deployment.desired().name())
                .bind("instance", deployment.instance())
                .bind("port", deployment.port())
                .bind("message", deployment.message())
                .bind("requestedBy", deployment.requestedBy())
                .bind("requestedAt", deployment.requestedAt().toEpochMilli())
                .bind("changedAt", deployment.changedAt().toEpochMilli())
                .execute();
        addStep(deployment);
        lease(deployment);
    }

    void update(Deployment deployment) {
        Deployment before = find(deployment.id())
                .orElseThrow(() -> new NotFoundException("No deployment has the id '%s'".formatted(deployment.id())));
        session.update("""
                UPDATE deployment SET state = :state, desired = :desired, port = :port, message = :message,
                                      changed_at = :changedAt
                 WHERE id = :id
                """)
                .bind("state", deployment.state().name())
                .bind("desired", deployment.desired().name())
                .bind("port", deployment.port())
                .bind("message", deployment.message())
                .bind("changedAt", deployment.changedAt().toEpochMilli())
                .bind("id", deployment.id())
                .execute();
        if (before.state() != deployment.state()) {
            addStep(deployment);
        }
        if (before.port() != deployment.port() || before.desired() != deployment.desired()) {
            session.update("DELETE FROM port_lease WHERE deployment_id = :id")
                    .bind("id", deployment.id())
                    .execute();
            lease(deployment);
        }
    }

    private void addStep(Deployment deployment) {
        session.update("""
                INSERT INTO deployment_step (deployment_id, state, message, reached_at)
                VALUES (:id, :state, :message, :at)
                """)
                .bind("id", deployment.id())
                .bind("state", deployment.state().name())
                .bind("message", deployment.message())
                .bind("at", deployment.changedAt().toEpochMilli())
                .execute();
    }

    private void lease(Deployment deployment) {
        if (deployment.desired() == DesiredState.ABSENT || deployment.port() == 0) {
            return;
        }
        int leased = session.update("""
                INSERT INTO port_lease (address, port, deployment_id)
                SELECT address, :port, :id FROM device WHERE id = :deviceId
                ON CONFLICT (address, port) DO NOTHING
                """)
                .bind("port", deployment.port())
                .bind("id", deployment.id())
                .bind("deviceId", deployment.deviceId())
                .execute();
        if (leased == 0) {
            throw new AlreadyExistsException("Port %d at the address of device '%s' is leased by another deployment"
                    .formatted(deployment.port(), deployment.device()));
        }
    }

    List<Integer> leasedPorts(String address) {
        session.lockName("ports of " + address);
        return session.query("SELECT port FROM port_lease WHERE address = :address ORDER BY port")
                .bind("address", address)
                .mapTo(Integer.class)
                .list();
    }

    Optional<Deployment> find(String id) {
        return session.query(SELECT + "WHERE deployment.id = :id")
                .bind("id", id)
                .map(DEPLOYMENT)
                .findOne();
    }

    List<Deployment> wanted(String deviceId) {
        return session.query(SELECT + """
                 WHERE deployment.device_id = :deviceId AND deployment.desired <> 'ABSENT'
                 ORDER BY deployment.number
                """)
                .bind("deviceId", deviceId)
                .map(DEPLOYMENT)
                .list();
    }

    Page<Deployment> list(String deviceId, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "deployments", deviceId);
        return cursor.page(
                session.query(SELECT + """
                         WHERE deployment.device_id = :deviceId AND deployment.number < :before
                         ORDER BY deployment.number DESC LIMIT :limit
                        """)
                        .bind("deviceId", deviceId)
                        .bind("before", cursor.number(0, Long.MAX_VALUE))
                        .bind("limit", cursor.fetch())
                        .map(DEPLOYMENT)
                        .list(),
                deployment -> List.of(deployment.number()));
    }

    List<Deployment.Step> steps(String deploymentId) {
        return session.query("SELECT * FROM deployment_step WHERE deployment_id = :id ORDER BY id")
                .bind("id", deploymentId)
                .map(Row.mapper(row -> new Deployment.Step(
                        row.constant("state", DeploymentState.class), row.text("message"), row.time("reached_at"))))
                .list();
    }

    private static Deployment deployment(Row row) throws SQLException {
        return new Deployment(
                row.text("id"),
                row.text("project_id"),
                row.text("device_id"),
                row.text("device"),
                row.text("version_id"),
                row.text("model"),
                row.number("number"),
                row.constant("state", DeploymentState.class),
                row.constant("desired", DesiredState.class),
                row.text("instance"),
                Math.toIntExact(row.number("port")),
                row.text("message"),
                row.text("requested_by"),
                row.time("requested_at"),
                row.time("changed_at"));
    }
}
