package dev.mlops.core.cache;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentStore.Receiver;
import dev.mlops.core.file.ReadFailures;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads contents of a remote store through the cache of this machine: what is in it is taken from there, verified, and
 * small contents that are read whole are added. A local store is read as it is. A cache that does not work makes reading
 * slower only. Thread-safe.
 */
public final class CachedReads {
    private static final Logger log = LoggerFactory.getLogger(CachedReads.class);
    private static final int MAX_ADDED = 1024 * 1024;

    private final ContentStore content;
    private final LateFileCache cache;

    private record Hit(long size, InputStream in) {}

    /** Reads of a store through a cache. */
    public CachedReads(ContentStore content, LateFileCache cache) {
        this.content = content;
        this.cache = cache;
    }

    /**
     * As {@link ContentStore#open(Sha256)}.
     *
     * @param size how many bytes it should have
     */
    public InputStream open(Sha256 digest, long size) {
        if (!content.isRemote()) {
            return content.open(digest);
        }
        Hit hit = find(digest);
        if (hit != null) {
            return hit.in();
        }
        if (size > MAX_ADDED) {
            return content.open(digest);
        }
        try (InputStream in = content.open(digest)) {
            byte[] bytes = in.readAllBytes();
            add(digest, bytes, 0, bytes.length);
            return new ByteArrayInputStream(bytes);
        } catch (IOException e) {
            log.debug("content {} is opened again, to fail while it is read", digest, e);
            return content.open(digest);
        }
    }

    /** As {@link ContentStore#readAll}. */
    public void readAll(Collection<Sha256> digests, Receiver receiver, Cancellation cancellation) {
        if (!content.isRemote()) {
            content.readAll(digests, receiver, cancellation);
            return;
        }
        List<Sha256> missing = new ArrayList<>();
        for (Sha256 digest : new HashSet<>(digests)) {
            cancellation.check("reading from the cache");
            Hit hit = find(digest);
            if (hit == null) {
                missing.add(digest);
            } else {
                give(digest, hit, receiver);
            }
        }
        content.readAll(missing, new Adding(receiver), cancellation);
    }

    private static void give(Sha256 digest, Hit hit, Receiver receiver) {
        try (InputStream in = hit.in()) {
            receiver.take(digest, hit.size(), in);
        } catch (IOException e) {
            throw ReadFailures.of("cannot take content " + digest + " from the cache", e);
        }
    }

    private @Nullable Hit find(Sha256 digest) {
        try {
            FileChannel channel = cache.get().open(digest).orElse(null);
            return channel == null ? null : verified(digest, channel);
        } catch (IOException | UnavailableException e) {
            log.debug("cannot read content {} from the cache", digest, e);
            return null;
        }
    }

    /** Small ones are checked in memory; large ones are read twice, as no byte may be given before all were checked. */
    private @Nullable Hit verified(Sha256 digest, FileChannel channel) throws IOException {
        long size = channel.size();
        if (size > MAX_ADDED) {
            if (cache.get().verify(digest)) {
                return new Hit(size, Channels.newInputStream(channel));
            }
            channel.close();
            return null;
        }
        try (InputStream in = Channels.newInputStream(channel)) {
            byte[] bytes = in.readAllBytes();
            if (Sha256.of(bytes).equals(digest)) {
                return new Hit(size, new ByteArrayInputStream(bytes));
            }
        }
        boolean isMended = cache.get().verify(digest);
        log.warn("content {} was damaged in the cache{}", digest, isMended ? ", but is not any more" : "");
        return null;
    }

    private void add(Sha256 digest, byte[] bytes, int offset, int length) {
        try {
            FileCache open = cache.get();
            if (length <= Math.min(MAX_ADDED, open.maxBytes())) {
                open.add(digest, length, out -> out.write(bytes, offset, length));
            }
        } catch (UnavailableException | IntegrityException e) {
            log.debug("content {} is not cached", digest, e);
        }
    }

    private final class Adding implements Receiver {
        private final Receiver receiver;

        Adding(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void take(Sha256 digest, long size, InputStream in) throws IOException {
            if (size > MAX_ADDED) {
                receiver.take(digest, size, in);
            } else {
                byte[] bytes = in.readAllBytes();
                take(digest, bytes, 0, bytes.length);
            }
        }

        @Override
        public void take(Sha256 digest, byte[] bytes, int offset, int length) throws IOException {
            add(digest, bytes, offset, length);
            receiver.take(digest, bytes, offset, length);
        }
    }
}
