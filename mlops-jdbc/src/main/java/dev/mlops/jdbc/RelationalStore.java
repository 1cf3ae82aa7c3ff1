package dev.mlops.jdbc;

import dev.mlops.api.error.OutcomeUnknownException;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs transactions on a relational database. Thread-safe. */
final class RelationalStore implements MetadataStore {
    private static final Logger LOG = LoggerFactory.getLogger(RelationalStore.class);
    private static final int MAX_ATTEMPTS = 12;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final String description;
    private final Runnable closeOwned;
    private final ThreadLocal<Boolean> inTransaction = ThreadLocal.withInitial(() -> false);
    private final AtomicBoolean closed = new AtomicBoolean();

    RelationalStore(DataSource dataSource, Dialect dialect, String description, Runnable closeOwned) {
        this.jdbi = Jdbi.create(dataSource);
        dialect.fragments().forEach(jdbi::define);
        this.dialect = dialect;
        this.description = description;
        this.closeOwned = closeOwned;
    }

    @Override
    public <T> T transaction(Function<? super MetadataTransaction, ? extends T> work) {
        return run(Mode.WRITE, work);
    }

    @Override
    public <T> T read(Function<? super MetadataTransaction, ? extends T> work) {
        return run(Mode.READ, work);
    }

    private <T> T run(Mode mode, Function<? super MetadataTransaction, ? extends T> work) {
        if (closed.get()) {
            throw new IllegalStateException(description + " is closed");
        }
        if (inTransaction.get()) {
            throw new IllegalStateException("transactions do not nest: use the one that is under way");
        }
        inTransaction.set(true);
        try {
            return retrying(mode, work);
        } finally {
            inTransaction.remove();
        }
    }

    private <T> T retrying(Mode mode, Function<? super MetadataTransaction, ? extends T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(mode, work);
            } catch (SQLException | JdbiException e) {
                Failure failure = Failure.of(e);
                if (!failure.isWorthAnotherTry(dialect) || attempt == MAX_ATTEMPTS) {
                    throw failure.toException(description, e);
                }
                LOG.debug("{}: try {} lost a race and is repeated", description, attempt, e);
            }
            Backoff.pause(attempt);
        }
    }

    private <T> T once(Mode mode, Function<? super MetadataTransaction, ? extends T> work) throws SQLException {
        Runnable leave = dialect.enter(mode);
        try {
            Handle handle = jdbi.open();
            try {
                T result = begunAndWorked(handle, mode, work);
                commit(handle.getConnection(), mode);
                return result;
            } finally {
                close(handle);
            }
        } finally {
            leave.run();
        }
    }

    /** By now it is decided whether there was a commit; a connection that cannot be closed must not say otherwise. */
    private void close(Handle handle) {
        try {
            handle.close();
        } catch (JdbiException e) {
            LOG.debug("{}: a connection could not be given back", description, e);
        }
    }

    private <T> T begunAndWorked(Handle handle, Mode mode, Function<? super MetadataTransaction, ? extends T> work)
            throws SQLException {
        Session session = new Session(handle, dialect, mode);
        try {
            dialect.begin(handle.getConnection(), mode);
            return work.apply(new JdbcTransaction(session));
        } catch (Throwable e) {
            rollback(handle.getConnection(), e);
            throw e;
        } finally {
            session.end();
        }
    }

    private void commit(Connection connection, Mode mode) throws SQLException {
        try {
            dialect.commit(connection);
        } catch (SQLException e) {
            rollback(connection, e);
            if (mode == Mode.WRITE && Failure.of(e) == Failure.CONNECTION_LOST) {
                throw new OutcomeUnknownException(
                        "%s did not say whether a change was committed; look before trying again"
                                .formatted(description),
                        e);
            }
            throw e;
        }
    }

    private void rollback(Connection connection, Throwable reason) {
        try {
            dialect.rollback(connection);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public String describe() {
        return description;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            closeOwned.run();
        }
    }
}
