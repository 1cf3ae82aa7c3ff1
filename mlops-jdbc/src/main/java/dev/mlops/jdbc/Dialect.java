package dev.mlops.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/** Where SQLite and PostgreSQL differ. Thread-safe. */
interface Dialect {
    /** The folder of migrations beside {@code common}. */
    String migrations();

    /** What the migrations call by placeholder. */
    Map<String, String> placeholders();

    /** A query that counts the tables with the name {@code ?} in the current schema. */
    String tableCount();

    /** SQL fragments for the {@code <name>} places of queries. */
    Map<String, String> fragments();

    /** Waits for the turn of a transaction, before it takes a connection; what it gives ends the turn. */
    Runnable enter(Mode mode);

    /** Begins a transaction. */
    void begin(Connection connection, Mode mode) throws SQLException;

    /** Commits and leaves the connection as it was before {@link #begin}. */
    void commit(Connection connection) throws SQLException;

    /** Rolls back and leaves the connection as it was before {@link #begin}, or unusable so that no pool gives it again. */
    void rollback(Connection connection) throws SQLException;

    /** True if transactions write at the same time, so that a row that was read must be locked to stay as it is. */
    boolean hasConcurrentWriters();
}
