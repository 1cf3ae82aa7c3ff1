package dev.mlops.jdbc;

import dev.mlops.api.error.CancelledException;
import dev.mlops.api.error.UnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * SQLite: one writer at a time. Threads queue up in the order in which they came; against other processes {@code BEGIN
 * IMMEDIATE} is tried until the busy timeout ends. Readers see a snapshot (WAL) and wait for nobody.
 */
final class SqliteDialect implements Dialect {
    private static final int SQLITE_BUSY = SQLiteErrorCode.SQLITE_BUSY.code;

    private final ReentrantLock writer = new ReentrantLock(true);
    private final Duration busyTimeout;
    private final String database;

    SqliteDialect(String database, Duration busyTimeout) {
        this.database = database;
        this.busyTimeout = busyTimeout;
    }

    @Override
    public String migrations() {
        return "sqlite";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of(
                "text", "TEXT",
                "identity", "INTEGER NOT NULL PRIMARY KEY",
                // No number comes twice, even when the row with the largest one was deleted.
                "sequence", "INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT",
                "without_rowid", " WITHOUT ROWID");
    }

    @Override
    public String tableCount() {
        return "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
    }

    @Override
    public Map<String, String> fragments() {
        return Map.ofEntries(
                Map.entry("ids", "(SELECT value FROM json_each(:ids))"),
                Map.entry("viewerGroups", "(SELECT value FROM json_each(:viewerGroups))"),
                Map.entry("indexOf", "instr"),
                Map.entry("now", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
                // LIKE ignores case on SQLite, GLOB does not: the pattern is translated.
                Map.entry("like", "GLOB replace(replace(replace(replace(replace("),
                Map.entry("likeEnd", ", '[', '[[]'), '*', '[*]'), '?', '[?]'), '%', '*'), '_', '?')"),
                Map.entry("ilike", "LIKE "),
                Map.entry("ilikeEnd", ""),
                Map.entry("eventTransaction", "0"),
                Map.entry("eventIsAfter", "event.id > :event"),
                Map.entry("eventIsVisible", "1 = 1"),
                Map.entry("eventOrder", "event.id"),
                Map.entry("eventNewest", "event.id DESC"));
    }

    @Override
    public Runnable enter(Mode mode) {
        if (mode == Mode.READ) {
            return () -> {};
        }
        try {
            if (!writer.tryLock(busyTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnavailableException(
                        "%s is busy: other threads have been writing for %s; retry later, or keep transactions shorter"
                                .formatted(database, busyTimeout));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancelledException("Interrupted while waiting to write to " + database, e);
        }
        return writer::unlock;
    }

    @Override
    public void begin(Connection connection, Mode mode) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            // Outside of the transaction, where alone SQLite heeds it; a host's connection may come without.
            statement.execute("PRAGMA foreign_keys = ON");
            if (mode == Mode.READ) {
                statement.execute("BEGIN");
            } else {
                beginImmediate(statement);
            }
        }
    }

    /** SQLite's own busy timeout does not cover every case (such as a recovery by another process); this loop does. */
    private void beginImmediate(Statement statement) throws SQLException {
        long deadline = System.nanoTime() + busyTimeout.toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                statement.execute("BEGIN IMMEDIATE");
                return;
            } catch (SQLiteException e) {
                if ((e.getResultCode().code & 0xff) != SQLITE_BUSY) {
                    throw e;
                }
                if (System.nanoTime() - deadline >= 0) {
                    throw Failure.BUSY.toException(database, e);
                }
            }
            Backoff.pause(attempt);
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void rollback(Connection connection) throws SQLException {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            // After some errors (full disk, I/O) SQLite has rolled back itself and there is nothing left to roll back.
            if (!String.valueOf(e.getMessage()).contains("no transaction is active")) {
                connection.unwrap(SQLiteConnection.class).close();
                throw e;
            }
        }
    }

    @Override
    public boolean hasConcurrentWriters() {
        return false;
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
