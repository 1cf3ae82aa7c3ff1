package dev.mlops.core.content;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DownloadPart;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.progress.Cancellation;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Holds the bytes of everything: data set files, run artifacts, model files, manifests. Content is addressed by its
 * SHA-256, stored once however often it is put, and verified whenever it is read. It is put through a {@link #writer}, which also
 * says who needs it; what nobody needs is collected. Thread-safe.
 *
 * <p>A crash leaves at most content that nobody needs. Backend failures are {@link UnavailableException}.
 */
public interface ContentStore {
    /**
     * Opens a content. The stream throws {@link IOException} caused by an {@link IntegrityException} before it gives a
     * byte of a damaged part, and before it gives the last part of what as a whole is another content.
     *
     * @throws IntegrityException if the list of the content's parts is damaged
     * @throws NotFoundException if the content is not in the store
     */
    InputStream open(Sha256 digest);

    /**
     * Opens a range, whose parts are verified as those of {@link #open(Sha256)} are; a range that reaches past the end is
     * cut there.
     *
     * @throws IntegrityException if the list of the content's parts is damaged
     * @throws NotFoundException if the content is not in the store
     * @throws InvalidInputException if {@code offset} or {@code length} is negative or {@code offset} is past the end
     */
    InputStream open(Sha256 digest, long offset, long length);

    /**
     * Writes a content to a file, verified: the file appears whole (written beside, synced, then moved) or not at all;
     * an existing file is replaced, missing folders are made.
     *
     * @throws IntegrityException if the stored bytes are not those of the digest; {@code target} is then untouched
     */
    void copyTo(Sha256 digest, Path target, Cancellation cancellation);

    /** True if the content is in the store; does not read it. */
    boolean contains(Sha256 digest);

    /** As {@link #contains}, for many: tells what is in the store now, and may not see what others add later. */
    default Predicate<Sha256> contained() {
        return this::contains;
    }

    /**
     * Reads a content and checks it.
     *
     * @throws NotFoundException if it is not in the store
     * @throws IntegrityException if it is damaged
     */
    void verify(Sha256 digest);

    /** The size of a content in bytes; {@link NotFoundException} if it is not in the store. */
    long size(Sha256 digest);

    /**
     * Opens a content to be read at any position; read only, thread-safe, verified as ranges are. Failures while reading
     * are {@link IOException} caused by an {@link IntegrityException} or {@link UnavailableException}.
     */
    SeekableByteChannel channel(Sha256 digest);

    /**
     * Reads many contents, in the order in which they lie in the store, which is much faster than opening one after the
     * other; from several threads at a time. A content that is asked for twice is given once.
     *
     * @throws NotFoundException if one is not in the store
     * @throws IntegrityException if one is damaged
     */
    void readAll(Collection<Sha256> digests, Receiver receiver, Cancellation cancellation);

    /**
     * Where the parts of a content can be downloaded from the object store itself; none for a content of no bytes. Empty
     * where the object store cannot sign addresses, which is the default.
     *
     * @throws NotFoundException if the content is not in the store
     */
    default Optional<List<DownloadPart>> direct(Sha256 digest, Duration validity) {
        return Optional.empty();
    }

    /** True where reading asks another machine, so that keeping what was read is worth it; false unless overridden. */
    default boolean isRemote() {
        return false;
    }

    /** Begins to put contents for an owner. */
    ContentWriter writer(Cancellation cancellation);

    /** Takes contents, on several threads at a time. */
    @FunctionalInterface
    interface Receiver {
        /** Takes a content; the stream ends with an exception if it is damaged, and must be read to its end. */
        void take(Sha256 digest, long size, InputStream bytes) throws IOException;

        /** Takes a small content, verified; its bytes may be looked at until this returns. */
        default void take(Sha256 digest, byte[] bytes, int offset, int length) throws IOException {
            take(digest, length, new ByteArrayInputStream(bytes, offset, length));
        }
    }

    /** Is told of stored contents. */
    @FunctionalInterface
    interface Sink {
        /** Takes a stored content. */
        void stored(ContentSource source, Stored stored);
    }

    /**
     * A stored content.
     *
     * @param digest its SHA-256
     * @param size its bytes
     * @param added true if it was not in the store before, though its parts may have been
     * @param newBytes how many of its bytes were in the store in no part of any content
     */
    record Stored(Sha256 digest, long size, boolean added, long newBytes) {
        /** A content that is new as a whole, or not at all. */
        public Stored(Sha256 digest, long size, boolean added) {
            this(digest, size, added, added ? size : 0);
        }
    }
}
