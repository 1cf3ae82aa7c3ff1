package dev.mlops.api.spi.metadata;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.OutcomeUnknownException;
import dev.mlops.api.error.UnavailableException;
import java.util.function.Function;

/**
 * Keeps everything but bytes: a unit of work over small repositories. Business rules live in mlops-core; a store only
 * persists and finds. Implementations are thread-safe and may be shared by several processes and hosts.
 *
 * <p>Rules for every implementation, proved by {@code MetadataStoreContract} in mlops-testkit:
 *
 * <ul>
 *   <li>A transaction is atomic, isolated as if transactions ran one after the other wherever a method says that it
 *       locks or compares, and durable when {@link #transaction} returns.
 *   <li>An exception out of the work rolls everything back and is thrown on as it is.
 *   <li>A transaction that loses a race (serialisation failure, deadlock, busy database) is run again by the store a
 *       bounded number of times; work must therefore have no effects but through the transaction it is given. When that
 *       does not help: {@link ConflictException}, nothing was changed.
 *   <li>A database that cannot be reached, is read-only, full or locked for too long: {@link UnavailableException},
 *       nothing was changed. A commit whose outcome is not known: {@link OutcomeUnknownException}.
 *   <li>Times are kept to the millisecond. Lists that take a {@link dev.mlops.api.access.Principal} give only what this
 *       viewer has {@code read} on, by visibility or grant, filtered in the query; page tokens are made and checked by
 *       the store ({@link dev.mlops.api.error.InvalidInputException} for a token that is not of this list).
 *   <li>Finders by id or name do not look at grants.
 * </ul>
 */
public interface MetadataStore extends AutoCloseable {
    /** Runs work that may write, and commits. Transactions do not nest. */
    <T> T transaction(Function<? super MetadataTransaction, ? extends T> work);

    /** Runs work that only reads, on one consistent state; a write in it is refused. */
    <T> T read(Function<? super MetadataTransaction, ? extends T> work);

    /** What this store is and where, for logs and errors, without secrets: {@code SQLite at /data/mlops.db}. */
    String describe();

    /** Frees what the store opened itself, not a data source that it was given. Idempotent. */
    @Override
    void close();
}
