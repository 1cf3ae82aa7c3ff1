package dev.mlops.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;

/** One transaction's way to the database. Confined to its thread. */
final class Session {
    private final Handle handle;
    private final Dialect dialect;
    private final Mode mode;
    private final Thread owner = Thread.currentThread();
    private boolean ended;

    Session(Handle handle, Dialect dialect, Mode mode) {
        this.handle = handle;
        this.dialect = dialect;
        this.mode = mode;
    }

    Query query(String sql) {
        checkUsable();
        return handle.createQuery(sql);
    }

    /** A query that changes rows and returns them. */
    Query change(String sql) {
        checkWritable();
        return handle.createQuery(sql);
    }

    Update update(String sql) {
        checkWritable();
        return handle.createUpdate(sql);
    }

    PreparedBatch batch(String sql) {
        checkWritable();
        return handle.prepareBatch(sql);
    }

    /** Runs a {@code SELECT … FOR UPDATE} of the row with this id, where writers could otherwise change it. */
    void lockRow(String sql, String id) {
        checkWritable();
        if (dialect.hasConcurrentWriters()) {
            handle.createQuery(sql).bind("id", id).mapTo(String.class).list();
        }
    }

    /** Runs a {@code SELECT … FOR UPDATE} over {@code <ids>}, where writers could otherwise change the rows. */
    void lockRows(String sql, Collection<String> ids) {
        checkWritable();
        if (dialect.hasConcurrentWriters()) {
            handle.createQuery(sql)
                    .bind("ids", Json.array(ids))
                    .mapTo(String.class)
                    .list();
        }
    }

    /** Keeps other transactions from taking or sharing the lock with this name until the end. */
    void lockName(String name) {
        checkUsable();
        lock("SELECT CAST(pg_advisory_xact_lock(hashtextextended(:name, 0)) AS text)", name);
    }

    /** Keeps other transactions from taking the lock with this name until the end; any number may share it. */
    void shareName(String name) {
        checkUsable();
        lock("SELECT CAST(pg_advisory_xact_lock_shared(hashtextextended(:name, 0)) AS text)", name);
    }

    private void lock(String sql, String name) {
        if (mode == Mode.WRITE && dialect.hasConcurrentWriters()) {
            handle.createQuery(sql)
                    .bind("name", "mlops " + name)
                    .mapTo(String.class)
                    .list();
        }
    }

    /** The rows of a query over {@code <ids>}, by their column {@code owner}. */
    <T> Map<String, List<T>> byOwner(String sql, Collection<String> ids, Row.Reader<T> reader) {
        Map<String, List<T>> result = new LinkedHashMap<>();
        if (!ids.isEmpty()) {
            query(sql)
                    .bind("ids", Json.array(ids))
                    .map(Row.mapper(row -> Map.entry(row.text("owner"), reader.read(row))))
                    .forEach(entry -> result.computeIfAbsent(entry.getKey(), owner -> new ArrayList<>())
                            .add(entry.getValue()));
        }
        return result;
    }

    void end() {
        ended = true;
    }

    private void checkWritable() {
        checkUsable();
        if (mode != Mode.WRITE) {
            throw new IllegalStateException("read(…) cannot write; use transaction(…)");
        }
    }

    private void checkUsable() {
        if (ended || Thread.currentThread() != owner) {
            throw new IllegalStateException("a transaction is valid only on its thread and until its work returns");
        }
    }
}
