package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentStore.Sink;
import dev.mlops.core.content.ContentStore.Stored;
import java.util.Iterator;
import java.util.Optional;

/**
 * Puts contents for one owner. Put or reuse all contents, {@link #flush()}, then {@link #use} in the transaction that
 * makes the owner; what was put and never used is collected some time after {@link #close()}. Thread-safe, except that
 * flush, use and close must not run beside a put.
 */
public interface ContentWriter extends AutoCloseable {
    /** Puts a content. Small ones are durable after {@link #flush()} only. */
    Stored put(ContentSource source);

    /** Puts bytes in memory that belong to the metadata, such as a part of a manifest; they go to packs of their own. */
    Stored putMetadata(String name, byte[] bytes);

    /** Takes a content into use that is in the store already, without its bytes; empty if it is not there. */
    Optional<Stored> reuse(Sha256 digest);

    /** Puts many contents as {@link ContentStore#putAll} does, but durable after {@link #flush()} only. */
    void putAll(
            Iterator<? extends ContentSource> sources, Sink sink, ProgressListener progress, Cancellation cancellation);

    /**
     * Copies a content of another store, storing only those parts that are missing; if any is, all of it is read and
     * checked.
     *
     * @throws NotFoundException if it is not in the other store
     * @throws IntegrityException if it is damaged there
     */
    Stored copy(ContentStore from, Sha256 digest);

    /** How many bytes were added to the object store so far, after compression. */
    long storedBytes();

    /** Returns once everything that was put is durable and other processes find it. */
    void flush();

    /**
     * Makes an owner need all that was put and reused so far, as part of a transaction, which may be run again.
     *
     * @throws ConflictException if something that was reused has been collected meanwhile: put it again, with a new
     *     writer
     */
    void use(MetadataTransaction tx, ContentOwner owner);

    /** Ends it. Idempotent. */
    @Override
    void close();
}
