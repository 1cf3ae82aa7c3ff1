package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.progress.ProgressListener;
import dev.mlops.api.spi.metadata.ContentRepository.ContentOwner;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.content.ContentStore.Sink;
import dev.mlops.core.content.ContentStore.Stored;
import dev.mlops.core.content.PackUploads.Lane;
import dev.mlops.core.pack.BlobCodec;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.BlobTable;
import dev.mlops.core.pack.Chunker;
import dev.mlops.core.pack.FinishedPack;
import dev.mlops.core.pack.ListBuilder;
import dev.mlops.core.pack.PackBuilder;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.core.pack.StoreFormat;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts contents into packs. Each thread that puts fills a pack of its own; full ones are uploaded beside. A pack is
 * registered in the metadata store before its object is written, so that nothing is stored that collection does not know.
 */
final class PackContentWriter implements ContentWriter {
    private static final Logger log = LoggerFactory.getLogger(PackContentWriter.class);
    private static final int BUFFER_CHUNKS = 4;
    private static final long SIGN_OF_LIFE = Duration.ofMinutes(5).toNanos();

    private final PackContentStore store;
    private final PackCatalog catalog;
    private final StoreFormat format;
    private final Chunker chunker;
    private final Cancellation cancellation;
    private final PackUploads uploads;
    private final String session = UUID.randomUUID().toString();
    private final AtomicLong storedBytes = new AtomicLong();
    private final AtomicLong lastSign = new AtomicLong(System.nanoTime());
    /** The blobs of this writer that are in no catalog yet; the places are not filled in. */
    private final BlobTable claimed = new BlobTable();

    private final Object packsLock = new Object();
    private final BitSet reusedPacks = new BitSet();
    private final Set<String> ownPacks = ConcurrentHashMap.newKeySet();
    private final Deque<byte[]> buffers = new ArrayDeque<>();
    /** Damaged blobs that are put anew: where the damage is. */
    private final ConcurrentHashMap<BlobId, List<String>> mending = new ConcurrentHashMap<>();

    /** Many more threads read than there are processors; so many of them hash and compress. */
    private final Semaphore processors;

    private volatile boolean hasSession;
    private volatile boolean broken;
    private volatile boolean closed;

    PackContentWriter(PackContentStore store, PackCatalog catalog, StoreFormat format, Cancellation cancellation) {
        this.store = store;
        this.catalog = catalog;
        this.format = format;
        this.chunker = new Chunker(format);
        this.cancellation = cancellation;
        this.processors = new Semaphore(store.parallelism());
        this.uploads = new PackUploads(
                store.executor(),
                store.parallelism() + 2,
                () -> new PackBuilder(format, new BlobCodec(format)),
                this::upload);
    }

    @Override
    public Stored put(ContentSource source) {
        return put(source, Checkpoint.NONE);
    }

    private Stored put(ContentSource source, Checkpoint checkpoint) {
        requireOpen();
        byte[] buffer = takeBuffer();
        try (InputStream in = source.open()) {
            checkpoint.pass(0);
            int length = in.readNBytes(buffer, 0, buffer.length);
            return length < buffer.length
                    ? putSmall(buffer, length, Lane.DATA)
                    : putLarge(in, Arrays.copyOf(buffer, BUFFER_CHUNKS * format.chunkMax()), length, checkpoint);
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content '" + source.name() + "'", e);
        } finally {
            giveBack(buffer);
        }
    }

    @Override
    public Stored putMetadata(String name, byte[] bytes) {
        requireOpen();
        if (bytes.length <= format.chunkMax()) {
            return putSmall(bytes, bytes.length, Lane.METADATA);
        }
        return put(ContentSource.of(name, ObjectBody.of(bytes)));
    }

    private Stored putSmall(byte[] bytes, int length, Lane lane) {
        processors.acquireUninterruptibly();
        try {
            MessageDigest digest = Sha256.newDigest();
            digest.update(bytes, 0, length);
            BlobId id = BlobId.ofDigest(digest.digest());
            boolean added = addIfNew(id, BlobKind.DATA, bytes, 0, length, lane);
            return new Stored(id.sha256(), length, added);
        } finally {
            processors.release();
        }
    }

    private Stored putLarge(InputStream in, byte[] buffer, int filled, Checkpoint checkpoint) throws IOException {
        Chunks chunks = new Chunks();
        int from = 0;
        int to = filled;
        boolean ended = false;
        while (from < to || !ended) {
            if (!ended && to - from < format.chunkMax()) {
                System.arraycopy(buffer, from, buffer, 0, to - from);
                to -= from;
                from = 0;
                int n = in.readNBytes(buffer, to, buffer.length - to);
                ended = to + n < buffer.length;
                to += n;
                continue;
            }
            from += chunks.cut(buffer, from, to - from);
            cancellation.check("the storing of contents");
            checkpoint.pass(chunks.size);
        }
        return chunks.end();
    }

    /** A content of several chunks while it is put, each step of it by one of the {@link #processors}. For one thread. */
    private final class Chunks {
        private final MessageDigest whole = Sha256.newDigest();
        private final MessageDigest part = Sha256.newDigest();
        private boolean added;
        private long size;
        private long newBytes;
        private final ListBuilder list =
                new ListBuilder((id, node) -> added |= addIfNew(id, BlobKind.LIST, node, 0, node.length, Lane.DATA));

        /** Cuts a chunk off; gives its length. */
        int cut(byte[] bytes, int from, int length) {
            processors.acquireUninterruptibly();
            try {
                int cut = chunker.next(bytes, from, length);
                part.update(bytes, from, cut);
                add(BlobId.ofDigest(part.digest()), bytes, from, cut);
                return cut;
            } finally {
                processors.release();
            }
        }

        /** Takes a chunk that was cut elsewhere. */
        void take(BlobId id, byte[] bytes) {
            processors.acquireUninterruptibly();
            try {
                add(id, bytes, 0, bytes.length);
            } finally {
                processors.release();
            }
        }

        private void add(BlobId id, byte[] bytes, int from, int length) {
            whole.update(bytes, from, length);
            if (addIfNew(id, BlobKind.DATA, bytes, from, length, Lane.DATA)) {
                added = true;
                newBytes += length;
            }
            list.add(id, length);
            size += length;
        }

        Stored end() {
            processors.acquireUninterruptibly();
            try {
                BlobId id = BlobId.ofDigest(whole.digest());
                byte[] top = list.finish();
                added |= addIfNew(id, BlobKind.LIST, top, 0, top.length, Lane.DATA);
                return new Stored(id.sha256(), size, added, newBytes);
            } finally {
                processors.release();
            }
        }
    }

    /**
     * True if a blob has to be stored, which the caller then must do; notes that it is needed if not. A file whose bytes
     * are those of a list has the same id and is stored beside it.
     */
    private boolean isNew(BlobId id, BlobKind kind) {
        BlobPlace place = catalog.find(id, kind);
        if (place != null) {
            noteUse(place);
            return false;
        }
        synchronized (claimed) {
            long slot = claimed.find(id);
            if (slot >= 0) {
                return claimed.kind(slot) != kind;
            }
            claimed.put(id, kind, 0, 0, 0, 0);
        }
        List<String> damaged = catalog.damagedPacks(id);
        if (!damaged.isEmpty()) {
            mending.put(id, damaged);
        }
        return true;
    }

    private void noteUse(BlobPlace place) {
        synchronized (packsLock) {
            reusedPacks.set(place.pack());
        }
    }

    /** Compresses, so the caller must be one of the {@link #processors}; true if it was new. */
    private boolean addIfNew(BlobId id, BlobKind kind, byte[] bytes, int offset, int length, Lane lane) {
        boolean isNew = isNew(id, kind);
        if (isNew) {
            add(id, kind, bytes, offset, length, lane);
        }
        return isNew;
    }

    private void add(BlobId id, BlobKind kind, byte[] bytes, int offset, int length, Lane lane) {
        boolean done = false;
        try {
            PackBuilder pack = uploads.take(lane, length);
            try {
                PackEntry entry = pack.add(id, kind, bytes, offset, length, true);
                storedBytes.addAndGet(entry.storedLength());
            } finally {
                uploads.putBack(lane, pack);
            }
            done = true;
        } finally {
            if (!done) {
                broken = true;
            }
        }
    }

    private void upload(FinishedPack pack) {
        List<PackEntry> entries = pack.entries();
        hasSession = true;
        store.register(session, pack.id(), pack.bytes());
        lastSign.set(System.nanoTime());
        store.objects().putIfAbsent(PackFooter.key(pack.id()), pack.body());
        ownPacks.add(pack.id());
        catalog.add(pack.id(), pack.bytes(), entries);
        mend(pack.id(), entries);
    }

    private void mend(String packId, List<PackEntry> entries) {
        if (mending.isEmpty()) {
            return;
        }
        for (PackEntry entry : entries) {
            List<String> damagedPacks = mending.remove(entry.id());
            if (damagedPacks != null) {
                damagedPacks.forEach(damaged -> store.mended(damaged, entry.id(), packId));
            }
        }
    }

    @Override
    public Optional<Stored> reuse(Sha256 digest) {
        requireOpen();
        BlobPlace place = catalog.find(BlobId.of(digest));
        if (place == null) {
            return Optional.empty();
        }
        if (!PackCatalog.isList(place)) {
            noteUse(place);
            return Optional.of(new Stored(digest, place.rawLength(), false));
        }
        return reuseLarge(digest, place);
    }

    /** Empty also if a part of it is missing or damaged: then it must be put again. */
    private Optional<Stored> reuseLarge(Sha256 digest, BlobPlace place) {
        Set<BlobPlace> needed = new HashSet<>();
        needed.add(place);
        try {
            ChunkCursor cursor = store.cursor(digest, place);
            while (cursor.advance()) {
                List<BlobId> blobs = new ArrayList<>(cursor.innerLists());
                blobs.add(cursor.id());
                for (BlobId blob : blobs) {
                    BlobPlace found = catalog.find(blob);
                    if (found == null) {
                        return Optional.empty();
                    }
                    needed.add(new BlobPlace(found.pack(), 0, 0, 0, found.kind()));
                }
            }
            needed.forEach(this::noteUse);
            return Optional.of(new Stored(digest, cursor.size(), false));
        } catch (IntegrityException | NotFoundException e) {
            return Optional.empty();
        }
    }

    @Override
    public void putAll(
            Iterator<? extends ContentSource> sources, Sink sink, ProgressListener progress, Cancellation cancel) {
        new ParallelPut(sources, sink, new ProgressMeter(progress), cancel, this::put)
                .run(store.executor(), store.parallelism());
    }

    @Override
    public Stored copy(ContentStore from, Sha256 digest) {
        Optional<Stored> there = reuse(digest);
        if (there.isPresent()) {
            return there.get();
        }
        if (from instanceof PackContentStore packs && packs.hasFormat(format)) {
            return copyParts(packs, digest);
        }
        try (InputStream in = from.open(digest)) {
            return put(ContentSource.once("content " + digest, in));
        } catch (IOException e) {
            throw ContentFailures.of("cannot read content " + digest, e);
        }
    }

    /** The chunks of the other store are the ones that this one would make. */
    private Stored copyParts(PackContentStore from, Sha256 digest) {
        BlobPlace place = from.place(digest);
        BlobId id = BlobId.of(digest);
        if (!PackCatalog.isList(place)) {
            byte[] bytes = from.reader().read(id);
            return putSmall(bytes, bytes.length, Lane.DATA);
        }
        ChunkCursor cursor = from.cursor(digest, place);
        Chunks chunks = new Chunks();
        while (cursor.advance()) {
            chunks.take(cursor.id(), read(cursor.id(), from));
            cancellation.check("the copying of contents");
        }
        Stored copied = chunks.end();
        if (!copied.digest().equals(digest)) {
            throw new IntegrityException(
                    "content %s is damaged in %s: its parts are intact, but together have SHA-256 %s"
                            .formatted(digest, from, copied.digest()));
        }
        return copied;
    }

    /** A chunk that is here already is read here if that is near, so that no more than what is missing is moved. */
    private byte[] read(BlobId chunk, PackContentStore from) {
        BlobPlace here = catalog.find(chunk, BlobKind.DATA);
        if (here != null && isFile(here)) {
            try {
                return store.reader().read(chunk);
            } catch (IntegrityException | NotFoundException e) {
                log.debug("reading chunk {} in {} instead", chunk.hex(), from, e);
            }
        }
        return from.reader().read(chunk);
    }

    private boolean isFile(BlobPlace place) {
        String pack = catalog.pack(place.pack()).id();
        return store.objects().localFile(PackFooter.key(pack)).isPresent();
    }

    @Override
    public long storedBytes() {
        return storedBytes.get();
    }

    @Override
    public void flush() {
        requireOpen();
        if (broken) {
            throw new IllegalStateException("a put of this writer failed; begin again with a new writer");
        }
        uploads.finish();
        if (!ownPacks.isEmpty()) {
            catalog.index();
        }
    }

    @Override
    public void use(MetadataTransaction tx, ContentOwner owner) {
        Set<String> needed = new HashSet<>(ownPacks);
        synchronized (packsLock) {
            reusedPacks.stream().mapToObj(catalog::pack).map(PackRecord::id).forEach(needed::add);
        }
        Set<String> gone = tx.content().usePacks(owner, needed);
        if (!gone.isEmpty()) {
            store.lost();
            throw new ConflictException("%d packs of reused contents were collected meanwhile; put the contents again"
                    .formatted(gone.size()));
        }
        tx.content().endSession(session);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this writer is closed");
        }
        cancellation.check("the storing of contents");
        long now = System.nanoTime();
        long last = lastSign.get();
        if (now - last > SIGN_OF_LIFE && !ownPacks.isEmpty() && lastSign.compareAndSet(last, now)) {
            store.touch(session);
        }
    }

    private byte[] takeBuffer() {
        synchronized (buffers) {
            byte[] buffer = buffers.poll();
            if (buffer != null) {
                return buffer;
            }
        }
        return new byte[format.chunkMax() + 1];
    }

    private void giveBack(byte[] buffer) {
        synchronized (buffers) {
            buffers.push(buffer);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        uploads.abandon();
        if (hasSession) {
            store.endSession(session);
        }
    }
}
