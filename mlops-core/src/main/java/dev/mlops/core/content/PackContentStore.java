package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DownloadPart;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.DurableFile;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.StoreFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A content store that cuts large contents into chunks, keeps every blob once however many contents share it, and gathers
 * blobs in packs. docs/storage-format.md describes what it writes. Thread-safe; owns neither the object store, the
 * metadata store nor the executor.
 */
public final class PackContentStore implements ContentStore, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PackContentStore.class);
    private static final String FORMAT_KEY = "store.json";
    private static final int BUFFER = 64 * 1024;

    private final ObjectStore objects;
    private final MetadataStore metadata;
    private final Executor executor;
    private final int parallelism;
    private final PackCatalog catalog;
    private final BlobReader reader;
    private volatile @Nullable StoreFormat format;
    private volatile boolean isStale;

    /**
     * Creates a store.
     *
     * @param objects where the packs are
     * @param metadata where it is remembered who needs them
     * @param local a folder for local copies of indexes; created when it is first needed, may be shared and may be
     *     deleted while no process uses it
     * @param executor gives long calls threads beside the caller's; one that gives none makes them slower only
     * @param parallelism how many threads one call uses at most, the caller's included; each that puts takes up to 70 MiB
     * @throws InvalidInputException if {@code parallelism} is not positive
     */
    public PackContentStore(
            ObjectStore objects, MetadataStore metadata, Path local, Executor executor, int parallelism) {
        if (parallelism < 1) {
            throw new InvalidInputException("parallelism", parallelism, "must be at least 1");
        }
        this.objects = objects;
        this.metadata = metadata;
        this.executor = executor;
        this.parallelism = parallelism;
        this.catalog = new PackCatalog(objects, metadata, local);
        this.reader = new BlobReader(objects, catalog);
    }

    @Override
    public ContentWriter writer(Cancellation cancellation) {
        StoreFormat chosen = format();
        if (isStale) {
            isStale = false;
            catalog.reload();
        } else {
            catalog.refresh();
        }
        return new PackContentWriter(this, catalog, chosen, cancellation);
    }

    /** The format of the store, chosen by whoever wrote to it first. */
    private StoreFormat format() {
        StoreFormat known = format;
        if (known == null) {
            byte[] ours = StoreFormat.DEFAULTS.toJson().getBytes(StandardCharsets.UTF_8);
            objects.putIfAbsent(FORMAT_KEY, ObjectBody.of(ours));
            try (InputStream in = objects.get(FORMAT_KEY)) {
                known = StoreFormat.parse(in.readAllBytes());
            } catch (IOException e) {
                throw ContentFailures.of("cannot read " + FORMAT_KEY + " in " + objects.describe(), e);
            }
            format = known;
        }
        return known;
    }

    boolean hasFormat(StoreFormat other) {
        return format().equals(other);
    }

    @Override
    public InputStream open(Sha256 digest) {
        ChunkCursor cursor = cursor(digest, place(digest));
        return new ChunkStream(reader, digest, cursor, 0, cursor.size(), executor);
    }

    @Override
    public InputStream open(Sha256 digest, long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new InvalidInputException(
                    "range of content " + digest, offset + "+" + length, "must not be negative");
        }
        ChunkCursor cursor = cursor(digest, place(digest));
        if (offset > cursor.size()) {
            throw new InvalidInputException(
                    "offset in content " + digest, offset, "must be at most its size " + cursor.size());
        }
        return new ChunkStream(reader, digest, cursor, offset, Math.min(length, cursor.size() - offset), executor);
    }

    @Override
    public SeekableByteChannel channel(Sha256 digest) {
        return new ContentChannel(reader, digest, cursor(digest, place(digest)), executor);
    }

    @Override
    public void readAll(Collection<Sha256> digests, Receiver receiver, Cancellation cancellation) {
        new BulkRead(this, reader, receiver, cancellation).run(digests, executor, parallelism);
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
    public Optional<List<DownloadPart>> direct(Sha256 digest, Duration validity) {
        return new DirectParts(objects, catalog, reader, validity).of(cursor(digest, place(digest)));
    }

    @Override
    public boolean isRemote() {
        return objects.localFile(FORMAT_KEY).isEmpty();
    }

    @Override
    public boolean contains(Sha256 digest) {
        return reader.locate(BlobId.of(digest)).isPresent();
    }

    @Override
    public Predicate<Sha256> contained() {
        catalog.refresh();
        return digest -> !catalog.all(BlobId.of(digest)).isEmpty();
    }

    @Override
    public long size(Sha256 digest) {
        BlobPlace place = place(digest);
        return PackCatalog.isList(place) ? cursor(digest, place).size() : place.rawLength();
    }

    @Override
    public void verify(Sha256 digest) {
        try (InputStream in = open(digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content " + digest, e);
        }
    }

    /** What upkeep must know of this store. */
    public PackAudit audit() {
        return new PackAudit(catalog, reader);
    }

    BlobPlace place(Sha256 digest) {
        return reader.locate(BlobId.of(digest)).orElseThrow(() -> missing(digest));
    }

    ChunkCursor cursor(Sha256 digest, BlobPlace place) {
        return new ChunkCursor(reader, digest, place);
    }

    NotFoundException missing(Sha256 digest) {
        return new NotFoundException("no content %s in %s".formatted(digest, objects.describe()));
    }

    BlobReader reader() {
        return reader;
    }

    ObjectStore objects() {
        return objects;
    }

    Executor executor() {
        return executor;
    }

    int parallelism() {
        return parallelism;
    }

    void register(String session, String packId, long bytes) {
        metadata.transaction(tx -> {
            tx.content().registerPack(session, packId, bytes);
            return packId;
        });
    }

    void touch(String session) {
        metadata.transaction(tx -> {
            tx.content().touchSession(session);
            return session;
        });
    }

    void endSession(String session) {
        try {
            metadata.transaction(tx -> {
                tx.content().endSession(session);
                return session;
            });
        } catch (MlopsException itTimesOutByItself) {
            log.debug("cannot end session {}", session, itTimesOutByItself);
        }
    }

    void mended(String damagedPack, BlobId blob, String packId) {
        metadata.transaction(tx -> {
            tx.content().mended(damagedPack, blob.hex(), packId);
            return packId;
        });
        log.info("blob {} of damaged pack {} is mended by pack {}", blob.hex(), damagedPack, packId);
    }

    /** After packs turned out to be gone. */
    void lost() {
        isStale = true;
    }

    /** Frees native memory and mapped files; calls that run meanwhile fail. */
    @Override
    public void close() {
        reader.close();
        catalog.close();
    }

    @Override
    public String toString() {
        return "contents in " + objects.describe();
    }
}
