package dev.mlops.api.spi.object;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Holds immutable objects under text keys. Implementations are thread-safe and may be shared by several processes and
 * hosts.
 *
 * <p>Rules for every implementation, proved by {@code ObjectStoreContract} in mlops-testkit:
 *
 * <ul>
 *   <li>A key is 1 to 512 characters of {@code [A-Za-z0-9._/-]}, with no empty part, {@code .} or {@code ..}; others
 *       are refused with {@link InvalidInputException} before anything is touched.
 *   <li>An object appears whole or not at all: no reader ever sees a part of it, whatever is killed when.
 *   <li>When {@link #putIfAbsent} returns {@link PutResult#CREATED}, the object survives a crash of the process and,
 *       as far as the backend can, of the machine.
 *   <li>Failures of the backend (network, disk full, credentials, read-only) are {@link UnavailableException}, whose
 *       message names the key and the cause. An object that is shorter than its length says is {@link
 *       IntegrityException}.
 * </ul>
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Creates an object unless its key is taken. Of several writers of one key exactly one gets {@code CREATED}.
     * Idempotent: a second call with the same key changes nothing. If it throws, the object is absent or whole.
     *
     * @param key the key
     * @param body the bytes; opened once for each attempt, each stream is closed by this call
     * @throws InvalidInputException if {@code body} gives fewer or more bytes than it says
     * @throws UnavailableException also if {@code body} throws an {@link java.io.IOException}; unchecked exceptions of
     *     the body are passed on as they are
     */
    PutResult putIfAbsent(String key, ObjectBody body);

    /**
     * Opens an object from its first byte to its last. The caller closes the stream; a stream that breaks in the middle
     * throws {@link java.io.IOException}.
     *
     * @throws NotFoundException if there is no such object
     */
    InputStream get(String key);

    /**
     * Opens the bytes {@code offset} (inclusive) to {@code offset + length} (exclusive); a range that reaches past the
     * end is cut there.
     *
     * @throws NotFoundException if there is no such object
     * @throws InvalidInputException if {@code offset} is negative or past the end, or {@code length} is negative
     */
    InputStream get(String key, long offset, long length);

    /** The size and time of an object; empty if there is none. */
    Optional<ObjectInfo> head(String key);

    /**
     * The objects whose key starts with {@code prefix} (may be empty, may end in the middle of a part), in ascending
     * order of the key's UTF-8 bytes. Read lazily; objects made or deleted meanwhile may or may not appear, all others
     * appear once.
     */
    Iterator<ObjectInfo> list(String prefix);

    /** Deletes an object; true if there was one as far as the backend can tell. Idempotent. */
    boolean delete(String key);

    /**
     * The local file that holds an object as it is, for backends that keep each object so; it must only be read. Empty
     * unless overridden.
     */
    default Optional<Path> localFile(String key) {
        return Optional.empty();
    }

    /**
     * An address from which an object can be downloaded without credentials for a while, by ranges too; empty where the
     * backend cannot, which is the default. Whether there is such an object is not looked at.
     *
     * @param validity how long it works; a second to seven days
     * @throws InvalidInputException if the backend can, but not for so short or so long a time
     */
    default Optional<URI> presign(String key, Duration validity) {
        return Optional.empty();
    }

    /**
     * What this backend, as it was found when it was opened, does not promise of the rules above, in words; empty when it
     * keeps them all, which is the default.
     */
    default List<String> limitations() {
        return List.of();
    }

    /** What this store is and where, for logs and errors, without secrets: {@code files in /data} or {@code s3 bucket models}. */
    String describe();

    /** Frees what the store opened itself; idempotent. Calls after it throw {@link UnavailableException}. */
    @Override
    void close();
}
