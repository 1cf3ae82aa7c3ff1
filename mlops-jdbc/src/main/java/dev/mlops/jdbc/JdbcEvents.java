package dev.mlops.jdbc;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.AssetKind;
import dev.mlops.api.access.Principal;
import dev.mlops.api.event.Event;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.spi.metadata.EventRepository;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/** The event log. */
final class JdbcEvents implements EventRepository {
    private static final String AFTER = """
            SELECT event.*, <eventTransaction> AS cursor_transaction
              FROM event JOIN project ON project.id = event.project_id
             WHERE <eventIsAfter> AND <eventIsVisible>
               AND\s""" + Viewer.mayRead("project.visibility", "project.id", "event.asset_id");
    private static final String AFTER_IN_ALL = AFTER + " ORDER BY <eventOrder> LIMIT :limit";
    private static final String AFTER_IN_PROJECT =
            AFTER + " AND event.project_id = :projectId ORDER BY <eventOrder> LIMIT :limit";

    private final Session session;

    JdbcEvents(Session session) {
        this.session = session;
    }

    @Override
    public void append(Event event) {
        session.update("""
                INSERT INTO event (project_id, occurred_at, principal, kind, asset_kind, asset_id, subject,
                                   before_json, after_json)
                VALUES (:projectId, :at, :principal, :kind, :assetKind, :assetId, :subject, :before, :after)
                """)
                .bind("projectId", event.projectId())
                .bind("at", event.at().toEpochMilli())
                .bind("principal", event.principal())
                .bind("kind", event.kind().name())
                .bind("assetKind", event.asset().kind().name())
                .bind("assetId", event.asset().id())
                .bind("subject", event.subject())
                .bind("before", event.before())
                .bind("after", event.after())
                .execute();
    }

    @Override
    public List<Event> after(@Nullable String projectId, Principal viewer, String cursor, int limit) {
        EventCursor start = EventCursor.parse(cursor);
        return Viewer.bind(session.query(projectId == null ? AFTER_IN_ALL : AFTER_IN_PROJECT), viewer)
                // Only PostgreSQL asks for the transaction, and only one of the two for the project.
                .configure(SqlStatements.class, statements -> statements.setUnusedBindingAllowed(true))
                .bind("transaction", Long.toString(start.transaction()))
                .bind("event", start.event())
                .bind("projectId", projectId)
                .bind("limit", limit)
                .map(Row.mapper(JdbcEvents::event))
                .list();
    }

    @Override
    public String latest() {
        return session.query("""
                SELECT event.id, <eventTransaction> AS cursor_transaction FROM event
                 WHERE <eventIsVisible> ORDER BY <eventNewest> LIMIT 1
                """)
                .map(Row.mapper(row -> EventCursor.of(row).toString()))
                .findOne()
                .orElse("");
    }

    private static Event event(Row row) throws SQLException {
        return new Event(
                EventCursor.of(row).toString(),
                row.text("project_id"),
                row.time("occurred_at"),
                row.text("principal"),
                row.constant("kind", EventKind.class),
                new Asset(row.constant("asset_kind", AssetKind.class), row.text("asset_id")),
                row.text("subject"),
                row.optionalText("before_json"),
                row.optionalText("after_json"));
    }
}
