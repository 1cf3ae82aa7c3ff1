package dev.mlops.jdbc;

import dev.mlops.api.access.Principal;
import dev.mlops.api.edge.Deployment;
import dev.mlops.api.edge.Device;
import dev.mlops.api.edge.DeviceState;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.DeviceRepository;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.mapper.RowMapper;

/** Devices; deployments are in {@link Deployments}. */
final class JdbcDevices implements DeviceRepository {
    private static final RowMapper<Device> DEVICE = Row.mapper(JdbcDevices::device);
    private static final String LIST = """
            SELECT device.* FROM device JOIN project ON project.id = device.project_id
             WHERE device.project_id = :projectId AND device.name > :after
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "device.id") + """

             ORDER BY device.name LIMIT :limit
            """;

    private final Session session;
    private final Deployments deployments;

    JdbcDevices(Session session) {
        this.session = session;
        this.deployments = new Deployments(session);
    }

    @Override
    public void insert(Device device) {
        int inserted = session.update("""
                INSERT INTO device (id, project_id, name, engine, address, description, labels_json, state,
                                    last_seen_at, registered_by, registered_at)
                VALUES (:id, :projectId, :name, :engine, :address, :description, :labels, :state,
                        :lastSeenAt, :registeredBy, :registeredAt)
                ON CONFLICT (project_id, name) DO NOTHING
                """)
                .bind("id", device.id())
                .bind("projectId", device.projectId())
                .bind("name", device.name())
                .bind("engine", device.engine())
                .bind("address", device.address())
                .bind("description", device.description())
                .bind("labels", TextMapJson.toJson(device.labels()))
                .bind("state", device.state().name())
                .bind("lastSeenAt", Row.millis(device.lastSeenAt()))
                .bind("registeredBy", device.registeredBy())
                .bind("registeredAt", device.registeredAt().toEpochMilli())
                .execute();
        if (inserted == 0) {
            throw new AlreadyExistsException("Device '%s' exists already in the project".formatted(device.name()));
        }
    }

    @Override
    public Optional<Device> find(String projectId, String name) {
        return session.query("SELECT * FROM device WHERE project_id = :projectId AND name = :name")
                .bind("projectId", projectId)
                .bind("name", name)
                .map(DEVICE)
                .findOne();
    }

    @Override
    public Optional<Device> findById(String id) {
        return session.query("SELECT * FROM device WHERE id = :id")
                .bind("id", id)
                .map(DEVICE)
                .findOne();
    }

    @Override
    public Page<Device> list(String projectId, Principal viewer, PageRequest page) {
        PageCursor cursor = PageCursor.of(page, "devices", projectId);
        return cursor.page(
                Viewer.bind(session.query(LIST), viewer)
                        .bind("projectId", projectId)
                        .bind("after", cursor.text(0, ""))
                        .bind("limit", cursor.fetch())
                        .map(DEVICE)
                        .list(),
                device -> List.of(device.name()));
    }

    @Override
    public void update(Device device) {
        session.update("""
                UPDATE device SET description = :description, labels_json = :labels, state = :state,
                                  last_seen_at = :lastSeenAt
                 WHERE id = :id
                """)
                .bind("description", device.description())
                .bind("labels", TextMapJson.toJson(device.labels()))
                .bind("state", device.state().name())
                .bind("lastSeenAt", Row.millis(device.lastSeenAt()))
                .bind("id", device.id())
                .execute();
    }

    @Override
    public long allocate(String deviceId) {
        return Counter.next(session, "device", deviceId, """
                UPDATE device SET last_deployment = last_deployment + 1 WHERE id = :id RETURNING last_deployment
                """);
    }

    @Override
    public void insertDeployment(Deployment deployment) {
        deployments.insert(deployment);
    }

    @Override
    public List<Integer> leasedPorts(String address) {
        return deployments.leasedPorts(address);
    }

    @Override
    public void updateDeployment(Deployment deployment) {
        deployments.update(deployment);
    }

    @Override
    public Optional<Deployment> findDeployment(String id) {
        return deployments.find(id);
    }

    @Override
    public Optional<Deployment> lockDeployment(String id) {
        session.lockRow("SELECT id FROM deployment WHERE id = :id FOR UPDATE", id);
        return deployments.find(id);
    }

    @Override
    public List<Deployment> wanted(String deviceId) {
        return deployments.wanted(deviceId);
    }

    @Override
    public Page<Deployment> deployments(String deviceId, PageRequest page) {
        return deployments.list(deviceId, page);
    }

    @Override
    public List<Deployment.Step> steps(String deploymentId) {
        return deployments.steps(deploymentId);
    }

    private static Device device(Row row) throws SQLException {
        return new Device(
                row.text("id"),
                row.text("project_id"),
                row.text("name"),
                row.text("engine"),
                row.text("address"),
                row.text("description"),
                TextMapJson.fromJson(row.text("labels_json")),
                row.constant("state", DeviceState.class),
                row.optionalTime("last_seen_at"),
                row.text("registered_by"),
                row.time("registered_at"));
    }
}
