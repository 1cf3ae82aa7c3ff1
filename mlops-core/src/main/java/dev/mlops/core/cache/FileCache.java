package dev.mlops.core.cache;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.core.object.DiskFailures;
import dev.mlops.core.object.Staging;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Contents as read-only files in a directory of bounded size, found by their SHA-256. Thread-safe; any number of caches,
 * in one process or several, may share a directory on a local file system, also while some of them are killed.
 *
 * <p>A file is written beside the others, checked against its digest and then renamed, so a cached file is always whole.
 * When there are more bytes than the bound, the files that were not used for longest are deleted until nine tenths of it
 * are left; while several processes add, there may be five hundredths more than the bound for each of them. A file that
 * was opened or linked stays what it is for its user when it is deleted here.
 *
 * <p>Linked files share their bytes with the cache, so whoever writes to one damages the cached file too. This is
 * noticed before the next use by the size and the modification time, and by {@link #verify} in any case; the damaged file
 * is dropped from the cache. Nobody may set the modification time of a linked file, as that looks the same.
 */
public final class FileCache implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(FileCache.class);
    private static final int ATTEMPTS = 10;
    private static final long TOUCH_SECONDS = 60;

    private final Path directory;
    private final Path files;
    private final Staging staging;
    private final Eviction eviction;
    private final Clock clock;
    private volatile boolean closed;

    /** Gives the bytes of a content. */
    public interface Writer {
        /** Writes all bytes; does not close {@code out}. */
        void writeTo(OutputStream out) throws IOException;
    }

    private FileCache(Path directory, long maxBytes, Clock clock) throws IOException {
        this.directory = directory;
        this.files = Files.createDirectories(directory.resolve("files"));
        Path stagingParent = Files.createDirectories(directory.resolve("staging"));
        Staging.collectLeftovers(stagingParent);
        this.staging = Staging.open(stagingParent);
        this.eviction = new Eviction(files, directory.resolve("evicting"), maxBytes);
        this.clock = clock;
    }

    /**
     * Opens the cache in {@code directory}, which is created if it is missing, and deletes what killed processes left
     * there and what is more than the bound.
     *
     * @param maxBytes the bound, positive
     * @throws UnavailableException if the directory cannot be written
     */
    public static FileCache open(Path directory, long maxBytes) {
        return open(directory, maxBytes, Clock.systemUTC());
    }

    static FileCache open(Path directory, long maxBytes, Clock clock) {
        if (maxBytes < 1) {
            throw new InvalidInputException("maxBytes of the cache in " + directory, maxBytes, "must be positive");
        }
        try {
            Files.createDirectories(directory);
            FileCache cache = new FileCache(directory.toRealPath(), maxBytes, clock);
            cache.eviction.run();
            return cache;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot open the cache in " + directory, e);
        }
    }

    /** The bound; contents that are larger cannot be added. */
    public long maxBytes() {
        return eviction.maxBytes();
    }

    /** Opens a content, which then stays readable whatever happens to the cache; empty if it is not here. */
    public Optional<FileChannel> open(Sha256 digest) {
        return Optional.ofNullable(use(digest, (path, entry) -> {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                if (entry.isIntact(path)) {
                    return channel;
                }
            } catch (IOException e) {
                channel.close();
                throw e;
            }
            channel.close();
            return null;
        }));
    }

    /**
     * Where a content lies now; empty if it is not here. The file may be gone or renamed as soon as this returns, so
     * this is for looking; {@link #open} and {@link #linkTo} are safe.
     */
    public Optional<Path> find(Sha256 digest) {
        return Optional.ofNullable(use(digest, (path, entry) -> entry.isIntact(path) ? touch(path, entry) : null));
    }

    /**
     * Makes {@code target} a hard link to a content. It is read-only, as the bytes are shared with the cache.
     *
     * @return false if the content is not here or the file system cannot link it there
     * @throws AlreadyExistsException if there is a file of that name
     */
    public boolean linkTo(Sha256 digest, Path target) {
        Boolean linked = use(digest, (path, entry) -> {
            if (!link(path, target)) {
                return false;
            }
            if (entry.isIntact(target)) {
                return true;
            }
            Files.delete(target);
            return null;
        });
        return linked != null && linked;
    }

    private static boolean link(Path path, Path target) throws IOException {
        try {
            Files.createLink(target, path);
            return true;
        } catch (FileAlreadyExistsException e) {
            throw new AlreadyExistsException("there is a file " + target, e);
        } catch (IOException | UnsupportedOperationException e) {
            if (Files.notExists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            log.debug("cannot link {} to {}", path, target, e);
            return false;
        }
    }

    /**
     * Adds a content unless it is here already.
     *
     * @return where it lies now, as {@link #find} says
     * @throws IntegrityException if {@code content} gives other bytes than {@code digest} and {@code size} say
     * @throws InvalidInputException if {@code size} is negative or more than {@link #maxBytes()}
     * @throws UnavailableException if the file cannot be written
     */
    public Path add(Sha256 digest, long size, Writer content) {
        if (size < 0 || size > maxBytes()) {
            throw new InvalidInputException("size of content " + digest, size, "must be 0 to " + maxBytes());
        }
        Optional<Path> present = find(digest);
        if (present.isPresent()) {
            return present.get();
        }
        Path staged = staging.newFile();
        try {
            try {
                VerifiedFile.write(staged, digest, size, content);
                Path path = name(staged, CacheEntry.of(staged, digest, now()));
                eviction.added(size);
                return path;
            } finally {
                Files.deleteIfExists(staged);
            }
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot add content " + digest + " to the cache in " + directory, e);
        }
    }

    private Path name(Path staged, CacheEntry entry) throws IOException {
        Path path = entry.path(files);
        Files.createDirectories(path.resolveSibling(""));
        return Files.move(staged, path, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads all of a content and drops it if it is damaged.
     *
     * @return true if it is here and intact
     */
    public boolean verify(Sha256 digest) {
        Boolean intact = use(digest, (path, entry) -> {
            boolean matches = entry.isIntact(path) && VerifiedFile.isIntact(path, digest);
            return matches ? true : null;
        });
        return intact != null;
    }

    /** Reads everything and drops what is damaged; gives what was dropped. */
    public List<Sha256> verifyAll() {
        List<Sha256> dropped = new ArrayList<>();
        try {
            for (CacheEntry entry : eviction.entries()) {
                if (isDamaged(entry) && Files.deleteIfExists(entry.path(files))) {
                    dropped.add(entry.digest());
                }
            }
            return dropped;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot verify the cache in " + directory, e);
        }
    }

    private boolean isDamaged(CacheEntry entry) throws IOException {
        Path path = entry.path(files);
        try {
            return !entry.isIntact(path) || !VerifiedFile.isIntact(path, entry.digest());
        } catch (NoSuchFileException usedOrEvicted) {
            return false;
        }
    }

    private interface Use<T> {
        /** Null if the file is damaged; {@link NoSuchFileException} if it is not there any more. */
        @Nullable
        T of(Path path, CacheEntry entry) throws IOException;
    }

    /** Null if the content is not here, or only damaged files of it, which are dropped. */
    private <T> @Nullable T use(Sha256 digest, Use<T> use) {
        if (closed) {
            throw new UnavailableException("the cache in " + directory + " is closed");
        }
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                CacheEntry entry = look(digest);
                if (entry == null) {
                    return null;
                }
                Path path = entry.path(files);
                try {
                    T used = use.of(path, entry);
                    if (used != null) {
                        touch(path, entry);
                        return used;
                    }
                    log.warn("{} was changed by someone and is dropped from the cache", path);
                    Files.deleteIfExists(path);
                } catch (NoSuchFileException renamedOrEvicted) {
                    log.trace("{} is gone", path);
                }
            }
            return null;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot read content " + digest + " from the cache in " + directory, e);
        }
    }

    private @Nullable CacheEntry look(Sha256 digest) throws IOException {
        for (CacheEntry entry : CacheEntry.in(CacheEntry.shard(files, digest))) {
            if (entry.digest().equals(digest)) {
                return entry;
            }
        }
        return null;
    }

    private Path touch(Path path, CacheEntry entry) throws IOException {
        long now = now();
        if (Math.abs(now - entry.used()) < TOUCH_SECONDS) {
            return path;
        }
        try {
            return Files.move(path, entry.usedAt(now).path(files), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException touchedByAnotherOrEvicted) {
            return path;
        }
    }

    private long now() {
        return Math.max(0, clock.instant().getEpochSecond());
    }

    /** Frees what is open; the files stay. Idempotent. */
    @Override
    public void close() {
        closed = true;
        try {
            staging.close();
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot close the cache in " + directory, e);
        }
    }

    @Override
    public String toString() {
        return "cache in " + directory;
    }
}
