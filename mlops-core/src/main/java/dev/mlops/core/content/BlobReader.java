package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.pack.BlobCodec;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.core.pack.StoreFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads blobs from packs, verified. What is found damaged is noted, and read from another pack if it is there as well.
 * Thread-safe.
 */
final class BlobReader {
    private static final Logger log = LoggerFactory.getLogger(BlobReader.class);
    /** What lies between two blobs and is read along with them rather than asked for apart. */
    private static final int GAP = 256 * 1024;
    /** The most that is read at once. */
    private static final int SPAN = 8 * 1024 * 1024;

    private final ObjectStore objects;
    private final PackCatalog catalog;
    private final ConcurrentLinkedQueue<BlobCodec> codecs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Scratch> scratches = new ConcurrentLinkedQueue<>();

    /** Buffers of one thread; what is in them is gone when the next blobs are read. */
    private static final class Scratch {
        private byte[] span = {};
        private byte[] raw = {};

        byte[] span(int length) {
            span = span.length >= length ? span : new byte[Math.min(SPAN, Math.max(length, 2 * span.length))];
            return span;
        }

        byte[] raw(int length) {
            raw = raw.length >= length ? raw : new byte[Math.max(length, 2 * raw.length)];
            return raw;
        }
    }

    BlobReader(ObjectStore objects, PackCatalog catalog) {
        this.objects = objects;
        this.catalog = catalog;
    }

    /** A blob, if it is in the store; looks again for what others added. */
    Optional<BlobPlace> locate(BlobId id) {
        List<BlobPlace> places = catalog.all(id);
        if (places.isEmpty()) {
            catalog.refresh();
            places = catalog.all(id);
        }
        // A file with the bytes of a list has the id of that list, of which nobody asks by this id.
        Optional<BlobPlace> data =
                places.stream().filter(place -> !PackCatalog.isList(place)).findFirst();
        return data.isPresent() ? data : places.stream().findFirst();
    }

    /**
     * The bytes of a blob.
     *
     * @throws NotFoundException if it is not in the store
     * @throws IntegrityException if it is damaged wherever it is
     */
    byte[] read(BlobId id) {
        byte[] found = tryRead(id, catalog.all(id), null);
        if (found == null) {
            catalog.reload();
            List<BlobPlace> places = catalog.all(id);
            IntegrityException[] failure = new IntegrityException[1];
            found = tryRead(id, places, failure);
            if (found == null) {
                throw failure[0] != null
                        ? failure[0]
                        : new NotFoundException("no content %s in %s".formatted(id.hex(), objects.describe()));
            }
        }
        return found;
    }

    /** The bytes of a blob from one place; throws as {@link #read} does. */
    byte[] readAt(BlobId id, BlobPlace place) {
        return decode(id, place, fetch(catalog.pack(place.pack()), place.offset(), place.storedLength()), 0);
    }

    private byte @Nullable [] tryRead(BlobId id, List<BlobPlace> places, IntegrityException @Nullable [] failure) {
        for (BlobPlace place : places) {
            PackRecord pack = catalog.pack(place.pack());
            try {
                return decode(id, place, fetch(pack, place.offset(), place.storedLength()), 0);
            } catch (NotFoundException e) {
                note(
                        failure,
                        new IntegrityException(
                                "%s is missing in %s, so content %s cannot be read"
                                        .formatted(PackFooter.key(pack.id()), objects.describe(), id.hex()),
                                e));
                reportLater(failure, pack, List.of());
            } catch (IntegrityException e) {
                note(
                        failure,
                        new IntegrityException(
                                "content %s is damaged in %s: %s"
                                        .formatted(id.hex(), PackFooter.key(pack.id()), e.getMessage()),
                                e));
                reportLater(failure, pack, List.of(id.hex()));
            }
        }
        return null;
    }

    private static void note(IntegrityException @Nullable [] failure, IntegrityException e) {
        if (failure != null && failure[0] == null) {
            failure[0] = e;
        }
    }

    /** At the second look only: at the first the pack may just have been collected, and the blob be elsewhere. */
    private void reportLater(IntegrityException @Nullable [] failure, PackRecord pack, List<String> blobs) {
        if (failure == null) {
            return;
        }
        try {
            catalog.reportDamage(pack.id(), blobs);
        } catch (RuntimeException e) {
            log.warn("cannot note that {} is damaged", PackFooter.key(pack.id()), e);
        }
    }

    private byte[] decode(BlobId id, BlobPlace place, byte[] stored, int offset) {
        BlobCodec codec = codec();
        byte[] raw;
        try {
            raw = codec.decode(stored, offset, place.storedLength(), place.rawLength());
        } finally {
            codecs.add(codec);
        }
        check(id, place, raw, 0);
        return raw;
    }

    /** Bytes of a pack: exactly so many. */
    private byte[] fetch(PackRecord pack, int offset, int length) {
        byte[] bytes = new byte[length];
        fetch(pack, offset, bytes, length);
        return bytes;
    }

    private void fetch(PackRecord pack, int offset, byte[] bytes, int length) {
        String key = PackFooter.key(pack.id());
        try {
            Optional<Path> file = objects.localFile(key);
            if (file.isPresent()) {
                fetch(file.get(), offset, bytes, length);
            } else {
                fetch(key, offset, bytes, length);
            }
        } catch (NoSuchFileException e) {
            throw new NotFoundException("no object '%s' in %s".formatted(key, objects.describe()), e);
        } catch (InvalidInputException e) {
            throw new IntegrityException("%s is shorter than %d bytes".formatted(key, offset), e);
        } catch (IOException e) {
            throw ContentFailures.of("cannot read %s (%s)".formatted(key, objects.describe()), e);
        }
    }

    private static void fetch(Path file, int offset, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, offset + (long) buffer.position()) < 0) {
                    throw new IntegrityException("%s ends at byte %d".formatted(file, offset + buffer.position()));
                }
            }
        }
    }

    private void fetch(String key, int offset, byte[] bytes, int length) throws IOException {
        try (InputStream in = objects.get(key, offset, length)) {
            int n = in.readNBytes(bytes, 0, length);
            if (n != length) {
                throw new IntegrityException("%s ends at byte %d".formatted(key, offset + n));
            }
        }
    }

    /**
     * Reads blobs one after the other; what lies close together in one pack is read at once.
     *
     * @param ids the blobs, best in the order in which they lie
     */
    void readMany(List<BlobId> ids, Taker taker) throws IOException {
        readEach(
                ids,
                (index, bytes, offset, length) ->
                        taker.take(index, Arrays.copyOfRange(bytes, offset, offset + length)));
    }

    /** As {@link #readMany}, without a new array for each blob. */
    void readEach(List<BlobId> ids, SliceTaker taker) throws IOException {
        List<BlobPlace> places = new ArrayList<>(ids.size());
        for (BlobId id : ids) {
            places.add(locate(id).orElse(null));
        }
        Scratch scratch = scratches.poll();
        scratch = scratch == null ? new Scratch() : scratch;
        int from = 0;
        while (from < ids.size()) {
            int to = spanEnd(places, from);
            readSpan(ids, places, from, to, scratch, taker);
            from = to;
        }
        scratches.add(scratch);
    }

    private static int spanEnd(List<BlobPlace> places, int from) {
        int to = from + 1;
        BlobPlace last = places.get(from);
        long start = last == null ? 0 : last.offset();
        while (last != null && to < places.size()) {
            BlobPlace next = places.get(to);
            boolean isClose = next != null
                    && next.pack() == last.pack()
                    && next.offset() >= last.offset()
                    && next.offset() - (long) last.end() <= GAP
                    && next.end() - start <= SPAN;
            if (!isClose) {
                break;
            }
            last = next;
            to++;
        }
        return to;
    }

    private void readSpan(List<BlobId> ids, List<BlobPlace> places, int from, int to, Scratch scratch, SliceTaker taker)
            throws IOException {
        byte[] span = to - from == 1 ? null : tryFetch(places.get(from), places.get(to - 1), scratch);
        for (int i = from; i < to; i++) {
            BlobPlace place = places.get(i);
            int offset = span == null ? 0 : place.offset() - places.get(from).offset();
            byte[] raw = span == null ? null : fromSpan(ids.get(i), place, span, offset, scratch);
            if (raw == null) {
                raw = read(ids.get(i));
                taker.take(i, raw, 0, raw.length);
            } else {
                taker.take(i, raw, raw == span ? offset : 0, place.rawLength());
            }
        }
    }

    /** Null if it cannot be read in one go; blob by blob then tells why. */
    private byte @Nullable [] tryFetch(BlobPlace first, BlobPlace last, Scratch scratch) {
        try {
            int length = last.end() - first.offset();
            byte[] span = scratch.span(length);
            fetch(catalog.pack(first.pack()), first.offset(), span, length);
            return span;
        } catch (IntegrityException | NotFoundException e) {
            log.debug("reading blobs one by one", e);
            return null;
        }
    }

    /** The span itself for what is stored as it is, else a buffer with the bytes at its start; null if it is damaged. */
    private byte @Nullable [] fromSpan(BlobId id, BlobPlace place, byte[] span, int offset, Scratch scratch) {
        try {
            if (place.storedLength() == place.rawLength()) {
                check(id, place, span, offset);
                return span;
            }
            byte[] raw = scratch.raw(place.rawLength());
            decodeInto(place, span, offset, raw);
            check(id, place, raw, 0);
            return raw;
        } catch (IntegrityException e) {
            log.debug("reading blob {} again", id, e);
            return null;
        }
    }

    private void decodeInto(BlobPlace place, byte[] stored, int offset, byte[] raw) {
        BlobCodec codec = codec();
        try {
            codec.decodeInto(stored, offset, place.storedLength(), place.rawLength(), raw);
        } finally {
            codecs.add(codec);
        }
    }

    private BlobCodec codec() {
        BlobCodec codec = codecs.poll();
        return codec == null ? new BlobCodec(StoreFormat.DEFAULTS) : codec;
    }

    /** Throws unless these are the bytes of a blob; those of a list have no id of their own. */
    private static void check(BlobId id, BlobPlace place, byte[] raw, int offset) {
        if (place.kind() == BlobKind.DATA) {
            MessageDigest digest = Sha256.newDigest();
            digest.update(raw, offset, place.rawLength());
            if (!BlobId.ofDigest(digest.digest()).equals(id)) {
                throw new IntegrityException("what is stored are %d other bytes".formatted(place.rawLength()));
            }
        }
    }

    void close() {
        for (BlobCodec codec = codecs.poll(); codec != null; codec = codecs.poll()) {
            codec.close();
        }
    }

    /** Takes blobs in the order of the ids. */
    interface Taker {
        void take(int index, byte[] raw) throws IOException;
    }

    /** Takes blobs in the order of the ids; the bytes are those of the next blob when it returns. */
    interface SliceTaker {
        void take(int index, byte[] bytes, int offset, int length) throws IOException;
    }
}
