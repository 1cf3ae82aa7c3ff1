package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import dev.mlops.core.object.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A content store with one object a content: {@code content/ab/abcd…}, and for contents of more than 1 MiB the digests
 * of their blocks beside it, {@code blocks/ab/abcd…}, so that ranges are verified too. The block digests are written
 * before the content, and are made again from the content if they are missing or damaged. Thread-safe; owns neither
 * the object store nor the executor and has nothing to close.
 *
 * <p>A put that finds its content there with another length than it must have (damaged by something outside of this
 * store) replaces it and logs a warning.
 */
public final class ObjectContentStore implements ContentStore {
    private static final Logger log = LoggerFactory.getLogger(ObjectContentStore.class);
    private static final int BUFFER = 64 * 1024;

    private final ObjectStore objects;
    private final Path staging;
    private final Executor executor;
    private final int parallelism;
    private final StoredBlocks storedBlocks;

    /**
     * Creates a store.
     *
     * @param objects where the contents are
     * @param staging a folder for large sources that are not cheap to read twice; created when it is first needed; its
     *     files vanish with the process
     * @param executor gives {@link #putAll} threads beside the caller's; one that gives none makes it slower only
     * @param parallelism how many contents one {@link #putAll} stores at a time, the caller's thread included; each takes
     *     about 1 MiB of memory
     * @throws InvalidInputException if {@code parallelism} is not positive
     */
    public ObjectContentStore(ObjectStore objects, Path staging, Executor executor, int parallelism) {
        if (parallelism < 1) {
            throw new InvalidInputException("parallelism", parallelism, "must be at least 1");
        }
        this.objects = objects;
        this.storedBlocks = new StoredBlocks(objects);
        this.staging = staging;
        this.executor = executor;
        this.parallelism = parallelism;
    }

    @Override
    public Stored put(ContentSource source) {
        return put(source, Checkpoint.NONE);
    }

    @Override
    public void putAll(
            Iterator<? extends ContentSource> sources,
            Sink sink,
            ProgressListener progress,
            Cancellation cancellation) {
        new ParallelPut(sources, sink, new ProgressMeter(progress), cancellation, this::put).run(executor, parallelism);
    }

    private Stored put(ContentSource source, Checkpoint checkpoint) {
        try (Intake intake = Intake.of(source, staging, checkpoint)) {
            Fingerprint fingerprint = intake.fingerprint();
            boolean added = !isIntact(fingerprint) && create(fingerprint, intake.body());
            return new Stored(fingerprint.digest(), fingerprint.size(), added);
        }
    }

    /** True if the content is there; one of a wrong length is deleted, as it can only be damaged. */
    private boolean isIntact(Fingerprint content) {
        String key = ContentKeys.content(content.digest());
        Optional<ObjectInfo> existing = objects.head(key);
        if (existing.isEmpty() || existing.get().size() == content.size()) {
            return existing.isPresent();
        }
        log.warn(
                "content {} in {} is damaged: it has {} bytes in place of {}; replacing it",
                content.digest(),
                objects.describe(),
                existing.get().size(),
                content.size());
        objects.delete(key);
        return false;
    }

    private boolean create(Fingerprint content, ObjectBody body) {
        if (content.size() > Blocks.BLOCK) {
            storedBlocks.put(content.digest(), content.blocks());
        }
        return objects.putIfAbsent(ContentKeys.content(content.digest()), body) == PutResult.CREATED;
    }

    @Override
    public InputStream open(Sha256 digest) {
        return new VerifiedInputStream(openObject(digest), digest, Long.MAX_VALUE, found -> damaged(digest, found));
    }

    @Override
    public InputStream open(Sha256 digest, long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new InvalidInputException(
                    "range of content " + digest, offset + "+" + length, "must not be negative");
        }
        Blocks blocks = blocks(digest);
        if (offset >= blocks.size() && blocks.digests().size() == 1) {
            requireSize(digest, blocks.size());
        }
        if (offset > blocks.size()) {
            throw new InvalidInputException(
                    "offset in content " + digest, offset, "must be at most its size " + blocks.size());
        }
        long cut = Math.min(length, blocks.size() - offset);
        return cut == 0 ? InputStream.nullInputStream() : openRange(digest, blocks, offset, cut);
    }

    private InputStream openRange(Sha256 digest, Blocks blocks, long offset, long length) {
        long first = offset / Blocks.BLOCK * Blocks.BLOCK;
        long last = (offset + length - 1) / Blocks.BLOCK * Blocks.BLOCK + Blocks.BLOCK;
        long end = Math.min(last, blocks.size());
        try {
            InputStream in = objects.get(ContentKeys.content(digest), first, end - first);
            return new BlockInputStream(in, digest, blocks, offset, length);
        } catch (NotFoundException e) {
            throw missing(digest, e);
        } catch (InvalidInputException e) {
            throw new IntegrityException(
                    "content %s has no byte %d, but should have %d".formatted(digest, first, blocks.size()), e);
        }
    }

    @Override
    public void copyTo(Sha256 digest, Path target, Cancellation cancellation) {
        Path folder = target.toAbsolutePath().resolveSibling("");
        Path part = folder.resolve("." + UUID.randomUUID() + ".part");
        try (InputStream in = open(digest)) {
            Files.createDirectories(folder);
            try {
                write(in, part, cancellation, "the copy of content " + digest + " to " + target);
                DurableFile.moveTo(part, target.toAbsolutePath());
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw ContentFailures.of("cannot copy content %s to %s".formatted(digest, target), e);
        }
    }

    private static void write(InputStream in, Path file, Cancellation cancellation, String what) throws IOException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                cancellation.check(what);
                out.write(buffer, 0, n);
            }
        }
    }

    @Override
    public boolean contains(Sha256 digest) {
        return objects.head(ContentKeys.content(digest)).isPresent();
    }

    @Override
    public void verify(Sha256 digest) {
        readAll(digest);
    }

    /** Before a range is refused: the size of a small content is only what the object store says, it may have been cut. */
    private void requireSize(Sha256 digest, long size) {
        long found = readAll(digest);
        if (found != size) {
            throw new IntegrityException("content %s has %d bytes, but %s says that it has %d"
                    .formatted(digest, found, objects.describe(), size));
        }
    }

    private long readAll(Sha256 digest) {
        try (InputStream in = open(digest)) {
            return in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content " + digest, e);
        }
    }

    private Blocks blocks(Sha256 digest) {
        long size = objects.head(ContentKeys.content(digest))
                .orElseThrow(() -> missing(digest, null))
                .size();
        return size <= Blocks.BLOCK
                ? new Blocks(size, List.of(digest))
                : storedBlocks.find(digest, size, () -> open(digest));
    }

    private InputStream openObject(Sha256 digest) {
        try {
            return objects.get(ContentKeys.content(digest));
        } catch (NotFoundException e) {
            throw missing(digest, e);
        }
    }

    private NotFoundException missing(Sha256 digest, @Nullable Throwable cause) {
        return new NotFoundException("no content %s in %s".formatted(digest, objects.describe()), cause);
    }

    private static IOException damaged(Sha256 digest, String found) {
        String message = "content %s is damaged: what is stored is %s".formatted(digest, found);
        return new IOException(message, new IntegrityException(message));
    }

    @Override
    public long size(Sha256 digest) {
        return blocks(digest).size();
    }

    @Override
    public java.nio.channels.SeekableByteChannel channel(Sha256 digest) {
        throw new IllegalStateException("replaced by the pack store");
    }

    @Override
    public void readAll(java.util.Collection<Sha256> digests, Receiver receiver, Cancellation cancellation) {
        throw new IllegalStateException("replaced by the pack store");
    }

    @Override
    public ContentWriter writer(Cancellation cancellation) {
        throw new IllegalStateException("replaced by the pack store");
    }
}
