package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.MlopsException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.core.pack.BlobId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a range of a content. Chunks are read in groups; while one group is taken the next is read by another
 * thread if there is one. Of a whole content of several chunks the last is given only if all together have the digest
 * of the content. Confined to one thread.
 */
final class ChunkStream extends InputStream {
    private static final int GROUP_BYTES = 4 * 1024 * 1024;

    private final BlobReader reader;
    private final Sha256 content;
    private final ChunkCursor cursor;
    private final ReadAhead<List<byte[]>> ahead;
    private final Deque<byte[]> ready = new ArrayDeque<>();
    /** Null for a part, and for a content of one chunk, whose digest was checked when it was read. */
    private final @Nullable MessageDigest whole;

    private @Nullable IOException failure;
    private long skip;
    private long rest;
    private byte[] current = {};
    private int position;
    private boolean hasMore = true;

    ChunkStream(BlobReader reader, Sha256 content, ChunkCursor cursor, long from, long length, Executor executor) {
        this.reader = reader;
        this.content = content;
        this.cursor = cursor;
        this.ahead = new ReadAhead<>(executor);
        this.rest = length;
        this.whole = cursor.isList() && from == 0 && length == cursor.size() ? Sha256.newDigest() : null;
        if (length > 0) {
            cursor.seek(from);
            hasMore = cursor.advance();
            skip = from - (hasMore ? cursor.start() : from);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = (int) Math.min(Math.min(length, current.length - position), rest);
        System.arraycopy(current, position, bytes, offset, n);
        position += n;
        rest -= n;
        return n;
    }

    @Override
    public long transferTo(OutputStream out) throws IOException {
        long total = 0;
        while (fill()) {
            int n = (int) Math.min(current.length - position, rest);
            out.write(current, position, n);
            position += n;
            rest -= n;
            total += n;
        }
        return total;
    }

    /** True if there are bytes in {@code current} to be given. */
    private boolean fill() throws IOException {
        if (failure != null) {
            throw new IOException(failure.getMessage(), failure.getCause());
        }
        while (rest > 0 && position == current.length) {
            current = next();
            position = (int) skip;
            skip = 0;
        }
        return rest > 0;
    }

    private byte[] next() throws IOException {
        try {
            if (ready.isEmpty()) {
                ready.addAll(nextGroup());
            }
            byte[] chunk = ready.poll();
            if (chunk == null) {
                throw new IntegrityException("content %s ends %d bytes early".formatted(content, rest));
            }
            if (whole != null) {
                check(whole, chunk);
            }
            return chunk;
        } catch (NotFoundException e) {
            throw fail(new IntegrityException("content %s lacks a part: %s".formatted(content, e.getMessage()), e));
        } catch (IntegrityException e) {
            throw fail(new IntegrityException("content %s is damaged: %s".formatted(content, e.getMessage()), e));
        } catch (MlopsException e) {
            throw fail(e);
        } catch (IOException | RuntimeException | Error e) {
            // What could not be read is not skipped.
            failure = new IOException("content %s cannot be read: %s".formatted(content, e), e);
            throw e;
        }
    }

    /** A list can be well formed and name chunks that are there, and yet be that of another content. */
    private void check(MessageDigest digest, byte[] chunk) {
        digest.update(chunk);
        if (chunk.length >= rest) {
            Sha256 found = Sha256.ofDigest(digest.digest());
            if (!found.equals(content)) {
                throw new IntegrityException("its parts are intact, but together have SHA-256 " + found);
            }
        }
    }

    private IOException fail(MlopsException e) {
        failure = new IOException("content %s cannot be read: %s".formatted(content, e.getMessage()), e);
        return failure;
    }

    private List<byte[]> nextGroup() throws IOException {
        List<byte[]> group = ahead.isBegun() ? ahead.take() : load(ids());
        if (hasMore) {
            List<BlobId> ids = ids();
            ahead.begin(() -> load(ids));
        }
        return group;
    }

    private List<BlobId> ids() {
        List<BlobId> ids = new ArrayList<>();
        long bytes = 0;
        while (hasMore && bytes < GROUP_BYTES) {
            ids.add(cursor.id());
            bytes += cursor.length();
            hasMore = cursor.advance();
        }
        return ids;
    }

    private List<byte[]> load(List<BlobId> ids) throws IOException {
        List<byte[]> chunks = new ArrayList<>(ids.size());
        reader.readMany(ids, (index, raw) -> chunks.add(raw));
        return chunks;
    }

    /** What is being read ahead is not waited for. */
    @Override
    public void close() {
        if (failure == null) {
            failure = new IOException("the stream of content %s is closed".formatted(content));
        }
        ahead.cancel();
        ready.clear();
        current = new byte[0];
        position = 0;
    }
}
