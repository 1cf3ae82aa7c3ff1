package dev.mlops.core.object;

import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Objects as files in a directory. Thread-safe; any number of stores, in one process or several, may share a directory
 * on a local file system.
 *
 * <p>An object is written to a file of its own in {@code staging}, synced, and only then given its name in {@code
 * objects}, by a hard link, which fails if the name is taken (under a lock where the file system has no hard links);
 * then the folder is synced. So a name always stands for a whole object. What a killed writer leaves in {@code staging}
 * is deleted when a store is next opened on the directory; the files of live writers are locked and left alone.
 *
 * <p>Names on disk are made so that any two keys live side by side, also on file systems that ignore case: upper-case
 * letters are written {@code +a}, folders and objects start with different marks ({@code a} is the file {@code o-a},
 * {@code a/b} is {@code d-a/o-b}), and long parts are broken up. Folders are never deleted. A listing holds the names of
 * one folder a level in memory.
 */
public final class FileObjectStore implements ObjectStore {
    private static final String FORMAT = "mlops file object store, format 1\n";

    private final Path directory;
    private final Path objects;
    private final NamingChoice namingChoice;
    private final DirectorySync folders = new DirectorySync();
    private final Object lock = new Object();
    private @Nullable Writer writer;
    private volatile boolean closed;

    private record Writer(Staging staging, Naming naming) {}

    /** How the naming is chosen when the store first writes. */
    interface NamingChoice {
        Naming choose(Path staging, Path lockFile) throws IOException;
    }

    private FileObjectStore(Path directory, NamingChoice namingChoice) {
        this.directory = directory;
        this.namingChoice = namingChoice;
        this.objects = directory.resolve("objects");
    }

    /**
     * Opens the store in {@code directory}, which is created with its parents if it is missing, and deletes what killed
     * writers left there. A directory that can only be read can be opened and read.
     *
     * @throws UnavailableException if the directory cannot be created or read
     * @throws IntegrityException if it was written in a format that this version does not know
     */
    public static FileObjectStore open(Path directory) {
        return open(directory, Naming::choose);
    }

    static FileObjectStore open(Path directory, NamingChoice namingChoice) {
        try {
            Files.createDirectories(directory);
            FileObjectStore store = new FileObjectStore(directory.toRealPath(), namingChoice);
            store.checkFormat();
            Staging.collectLeftovers(store.stagingParent());
            return store;
        } catch (IOException e) {
            throw DiskFailures.unavailable("cannot open the object store in " + directory, e);
        }
    }

    @Override
    public PutResult putIfAbsent(String key, ObjectBody body) {
        Path target = path(key);
        try {
            if (Files.exists(target)) {
                // Whoever made it may not have synced the folder yet, and our caller counts on it being durable.
                DirectorySync.sync(target.resolveSibling(""));
                return PutResult.EXISTED;
            }
            return create(key, target, body);
        } catch (IOException e) {
            throw failed("write", key, e);
        }
    }

    private PutResult create(String key, Path target, ObjectBody body) throws IOException {
        Writer to = writer();
        Path staged = to.staging().newFile();
        try {
            write(staged, key, body);
            Path folder = target.resolveSibling("");
            folders.create(directory, folder);
            boolean created = to.naming().name(staged, target);
            DirectorySync.sync(folder);
            return created ? PutResult.CREATED : PutResult.EXISTED;
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    private static void write(Path file, String key, ObjectBody body) throws IOException {
        try (BodyStream in = BodyStream.open(key, body);
                FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            in.writeTo(out);
            out.force(true);
        }
    }

    @Override
    public InputStream get(String key) {
        return open(key, 0, Long.MAX_VALUE);
    }

    @Override
    public InputStream get(String key, long offset, long length) {
        String field = "range of object '" + key + "'";
        if (offset < 0 || length < 0) {
            throw new InvalidInputException(field, offset + "+" + length, "must not be negative");
        }
        return open(key, offset, length);
    }

    private InputStream open(String key, long offset, long length) {
        try {
            return FileRange.open(path(key), offset, length, "object '" + key + "'");
        } catch (NoSuchFileException e) {
            throw new NotFoundException("no object '" + key + "' in " + describe(), e);
        } catch (IOException e) {
            throw failed("read", key, e);
        }
    }

    @Override
    public Optional<Path> localFile(String key) {
        Path path = path(key);
        return Files.isRegularFile(path) ? Optional.of(path) : Optional.empty();
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return Optional.ofNullable(KeyWalk.info(key, path(key)));
    }

    @Override
    public Iterator<ObjectInfo> list(String prefix) {
        requireOpen();
        return new KeyWalk(objects, ObjectKeys.checkPrefix(prefix));
    }

    @Override
    public boolean delete(String key) {
        try {
            return Files.deleteIfExists(path(key));
        } catch (IOException e) {
            throw failed("delete", key, e);
        }
    }

    @Override
    public String describe() {
        return "files in " + directory;
    }

    /** Deletes the staging folder of this store; a put that runs meanwhile fails. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (writer != null) {
                try {
                    writer.staging().close();
                } catch (IOException e) {
                    throw DiskFailures.unavailable("cannot close the store of " + describe(), e);
                } finally {
                    writer = null;
                }
            }
        }
    }

    @Override
    public String toString() {
        return describe();
    }

    private Path stagingParent() {
        return directory.resolve("staging");
    }

    /** Made at the first write, so that a directory that cannot be written can be read. */
    private Writer writer() throws IOException {
        synchronized (lock) {
            requireOpen();
            if (writer == null) {
                Files.createDirectories(stagingParent());
                Staging staging = Staging.open(stagingParent());
                writer = new Writer(
                        staging,
                        namingChoice.choose(staging.folder(), stagingParent().resolve("naming")));
            }
            return writer;
        }
    }

    private void checkFormat() throws IOException {
        Path file = directory.resolve("format");
        if (!Files.exists(file)) {
            format(file);
        }
        String found = Files.readString(file);
        if (!found.equals(FORMAT)) {
            throw new IntegrityException("%s says '%s', but this version knows only '%s'; use a version that knows it"
                    .formatted(file, found.strip(), FORMAT.strip()));
        }
    }

    private void format(Path file) throws IOException {
        DirectorySync.sync(directory.resolveSibling(""));
        folders.create(directory, objects);
        folders.create(directory, stagingParent());
        try (Staging staging = Staging.open(stagingParent())) {
            Path staged = staging.newFile();
            Files.writeString(staged, FORMAT);
            DurableFile.moveTo(staged, file);
        }
    }

    private Path path(String key) {
        requireOpen();
        return KeyLayout.pathOf(objects, ObjectKeys.check(key));
    }

    private void requireOpen() {
        if (closed) {
            throw new UnavailableException("the store of " + describe() + " is closed");
        }
    }

    private RuntimeException failed(String verb, String key, IOException e) {
        return DiskFailures.unavailable("cannot %s object '%s' (%s)".formatted(verb, key, describe()), e);
    }
}
