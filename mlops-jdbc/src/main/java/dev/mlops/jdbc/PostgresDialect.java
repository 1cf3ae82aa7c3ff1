package dev.mlops.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL: writers run at once at READ COMMITTED and lock the rows on which they decide; readers see one snapshot
 * (REPEATABLE READ). No setting of the session outlives the transaction.
 */
final class PostgresDialect implements Dialect {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresDialect.class);

    private final String beginWrite;

    PostgresDialect(Duration lockTimeout) {
        this.beginWrite = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE; SET LOCAL lock_timeout = "
                + lockTimeout.toMillis();
    }

    @Override
    public String migrations() {
        return "postgresql";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                // Binary order, as on SQLite, whatever the database's locale.
                "text", "TEXT COLLATE \"C\"",
                "identity", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                "sequence", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                "without_rowid", "");
    }

    @Override
    public String tableCount() {
        return "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?";
    }

    @Override
    public Map<String, String> fragments() {
        return Map.ofEntries(
                Map.entry("ids", "(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb)))"),
                Map.entry("viewerGroups", "(SELECT jsonb_array_elements_text(CAST(:viewerGroups AS jsonb)))"),
                Map.entry("indexOf", "strpos"),
                Map.entry("now", "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)"),
                Map.entry("like", "LIKE "),
                Map.entry("likeEnd", " ESCAPE ''"),
                Map.entry("ilike", "ILIKE "),
                Map.entry("ilikeEnd", " ESCAPE ''"),
                Map.entry("eventTransaction", "CAST(event.transaction_id AS text)"),
                Map.entry("eventIsAfter", "(event.transaction_id, event.id) > (CAST(:transaction AS xid8), :event)"),
                Map.entry("eventIsVisible", "event.transaction_id < pg_snapshot_xmin(pg_current_snapshot())"),
                Map.entry("eventOrder", "event.transaction_id, event.id"),
                Map.entry("eventNewest", "event.transaction_id DESC, event.id DESC"));
    }

    @Override
    public Runnable enter(Mode mode) {
        return () -> {};
    }

    @Override
    public void begin(Connection connection, Mode mode) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    mode == Mode.WRITE ? beginWrite : "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
        try {
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // The commit has happened; that the connection broke since is for its pool to find out.
            LOG.debug("A connection broke after a commit", e);
        }
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        if (!connection.isClosed() && !connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public boolean hasConcurrentWriters() {
        return true;
    }
}
