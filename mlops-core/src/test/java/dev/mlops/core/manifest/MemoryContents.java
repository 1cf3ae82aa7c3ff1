package dev.mlops.core.manifest;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A content store in memory, whose contents a test can damage. Thread-safe. */
public final class MemoryContents implements ContentStore, ContentWriter {
    private final Map<Sha256, byte[]> contents = new ConcurrentHashMap<>();
    private final AtomicInteger opened = new AtomicInteger();

    /** How often a content was opened so far. */
    public int opened() {
        return opened.get();
    }

    Set<Sha256> digests() {
        return new HashSet<>(contents.keySet());
    }

    byte[] bytes(Sha256 digest) {
        return contents.get(digest).clone();
    }

    /** Puts bytes in the place of those that a digest names. */
    void replace(Sha256 digest, byte[] bytes) {
        contents.put(digest, bytes.clone());
    }

    void lose(Sha256 digest) {
        contents.remove(digest);
    }

    @Override
    public Stored put(ContentSource source) {
        try (InputStream in = source.open()) {
            return putMetadata(source.name(), in.readAllBytes());
        } catch (IOException e) {
            throw new UnavailableException("cannot read " + source.name(), e);
        }
    }

    @Override
    public Stored putMetadata(String name, byte[] bytes) {
        Sha256 digest = Sha256.of(bytes);
        return new Stored(digest, bytes.length, contents.put(digest, bytes.clone()) == null);
    }

    @Override
    public Optional<Stored> reuse(Sha256 digest) {
        return Optional.ofNullable(contents.get(digest)).map(bytes -> new Stored(digest, bytes.length, false));
    }

    @Override
    public void putAll(
            Iterator<? extends ContentSource> sources,
            Sink sink,
            ProgressListener progress,
            Cancellation cancellation) {
        sources.forEachRemaining(source -> sink.stored(source, put(source)));
    }

    @Override
    public Stored copy(ContentStore from, Sha256 digest) {
        try (InputStream in = from.open(digest)) {
            return putMetadata("copy", in.readAllBytes());
        } catch (IOException e) {
            throw new UnavailableException("cannot read " + digest, e);
        }
    }

    @Override
    public InputStream open(Sha256 digest) {
        opened.incrementAndGet();
        return new ByteArrayInputStream(find(digest));
    }

    @Override
    public InputStream open(Sha256 digest, long offset, long length) {
        byte[] bytes = find(digest);
        int cut = (int) Math.min(length, bytes.length - offset);
        return new ByteArrayInputStream(bytes, (int) offset, cut);
    }

    private byte[] find(Sha256 digest) {
        return Optional.ofNullable(contents.get(digest))
                .orElseThrow(() -> new NotFoundException("no content " + digest));
    }

    @Override
    public void copyTo(Sha256 digest, Path target, Cancellation cancellation) {
        try {
            Files.write(target, find(digest));
        } catch (IOException e) {
            throw new UnavailableException("cannot write " + target, e);
        }
    }

    @Override
    public boolean contains(Sha256 digest) {
        return contents.containsKey(digest);
    }

    @Override
    public void verify(Sha256 digest) {
        find(digest);
    }

    @Override
    public long size(Sha256 digest) {
        return find(digest).length;
    }

    @Override
    public SeekableByteChannel channel(Sha256 digest) {
        throw new UnavailableException("contents in memory have no channels", null);
    }

    @Override
    public void readAll(Collection<Sha256> digests, Receiver receiver, Cancellation cancellation) {
        for (Sha256 digest : digests) {
            try {
                receiver.take(digest, size(digest), open(digest));
            } catch (IOException e) {
                throw new UnavailableException("cannot give " + digest, e);
            }
        }
    }

    @Override
    public ContentWriter writer(Cancellation cancellation) {
        return this;
    }

    @Override
    public long storedBytes() {
        return contents.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    @Override
    public void flush() {
        // What is put is there at once.
    }

    @Override
    public void use(MetadataTransaction tx, ContentOwner owner) {
        // Nothing is collected here.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
