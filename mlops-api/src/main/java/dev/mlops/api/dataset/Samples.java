package dev.mlops.api.dataset;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.util.Iterator;

/**
 * The files of a version in a shuffled order, read ahead in the background. The order depends on the version's manifest,
 * the query, the seed and the epoch alone, so it is the same on every machine. Confined to one thread at a time, except
 * that any thread may close it.
 */
public interface Samples extends Iterator<Sample>, AutoCloseable {
    /** How many samples an epoch of this shard has. */
    long epochSize();

    /** How many samples lie behind, skipped ones included; with it and {@link #skip} an interrupted training goes on. */
    long position();

    /** The epoch that the next sample is of. */
    long epoch();

    /**
     * Goes over samples without reading them; takes no longer for many than for few.
     *
     * @throws InvalidInputException if {@code count} is negative or there are fewer left
     */
    void skip(long count);

    /**
     * {@inheritDoc}
     *
     * @throws UnavailableException if it was closed
     */
    @Override
    boolean hasNext();

    /**
     * {@inheritDoc}
     *
     * @throws IntegrityException if a file's stored bytes are damaged; says of which file. The sample lies behind then
     * @throws UnavailableException if it was closed
     */
    @Override
    Sample next();

    /** Ends the reading in the background. Idempotent. */
    @Override
    void close();
}
