package dev.mlops.core.sample;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.Sample;
import dev.mlops.api.dataset.SampleOptions;
import dev.mlops.api.dataset.Samples;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.core.cache.CachedReads;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Samples that a {@link Prefetch} reads, which begins with the first one that is asked for. */
public final class ShuffledSamples implements Samples {
    private final CachedReads content;
    private final DatasetVersion version;
    private final SampleOptions options;
    private final Supplier<SampleOrder> orders;
    private final SampleOrder order;
    private @Nullable Runnable afterClose;
    private @Nullable Prefetch prefetch;
    private long position;
    private boolean isClosed;

    /**
     * Makes samples.
     *
     * @param files the files that the query of the options means, in the order of their paths; read now
     */
    public ShuffledSamples(
            CachedReads content, DatasetVersion version, Iterator<FileEntry> files, SampleOptions options) {
        this.content = content;
        this.version = version;
        this.options = options;
        EntryTable table = EntryTable.of(files);
        this.orders = () -> new SampleOrder(table, version.manifest(), options);
        this.order = orders.get();
    }

    /** Has something run when it is closed. */
    public synchronized void afterClose(Runnable work) {
        afterClose = work;
    }

    @Override
    public long epochSize() {
        return order.epochSize();
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized long epoch() {
        return order.epoch(position);
    }

    @Override
    public void skip(long count) {
        Prefetch stopped = null;
        synchronized (this) {
            if (count < 0 || count > order.end() - position) {
                throw new InvalidInputException(
                        "samples to skip",
                        count,
                        "must be 0 to the %d that are left".formatted(order.end() - position));
            }
            if (prefetch != null && prefetch.skip(count) < count) {
                stopped = prefetch;
                prefetch = null;
            }
            position += count;
        }
        if (stopped != null) {
            stopped.close();
        }
    }

    @Override
    public synchronized boolean hasNext() {
        checkOpen();
        return position < order.end();
    }

    @Override
    public Sample next() {
        Prefetch from;
        synchronized (this) {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            if (prefetch == null) {
                prefetch = new Prefetch(content, version.reference(), orders.get(), options, position);
                prefetch.start();
            }
            from = prefetch;
        }
        boolean isBehind = false;
        try {
            Sample sample = from.take();
            isBehind = true;
            return sample;
        } catch (IntegrityException e) {
            isBehind = true;
            throw e;
        } finally {
            took(from, isBehind);
        }
    }

    /** After a failure of the store the next call tries again from here. */
    private void took(Prefetch from, boolean isBehind) {
        synchronized (this) {
            if (isBehind) {
                position++;
                return;
            }
            if (prefetch == from) {
                prefetch = null;
            }
        }
        from.close();
    }

    private void checkOpen() {
        if (isClosed) {
            throw new UnavailableException("the samples of %s were closed".formatted(version.reference()));
        }
    }

    @Override
    public void close() {
        Prefetch last;
        Runnable after;
        synchronized (this) {
            isClosed = true;
            last = prefetch;
            prefetch = null;
            after = afterClose;
            afterClose = null;
        }
        if (last != null) {
            last.close();
        }
        if (after != null) {
            after.run();
        }
    }
}
