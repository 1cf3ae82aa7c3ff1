package dev.mlops.core.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which one open store writes files before they get their names. A lock file beside it is held as long as
 * the process lives, which tells {@link #collectLeftovers} whose folder may go. Thread-safe.
 */
public final class Staging implements AutoCloseable {
    static final String LOCK = ".lock";

    private final Path folder;
    private final Path lockFile;
    private final FileChannel channel;
    private final AtomicLong count = new AtomicLong();

    private Staging(Path folder, Path lockFile, FileChannel channel) {
        this.folder = folder;
        this.lockFile = lockFile;
        this.channel = channel;
    }

    /** Makes a new folder below {@code parent}, which exists. */
    public static Staging open(Path parent) throws IOException {
        while (true) {
            Staging staging = tryOpen(parent);
            if (staging != null) {
                return staging;
            }
        }
    }

    /** Deletes the folders below {@code parent} whose processes died; what cannot be deleted now stays for another time. */
    public static void collectLeftovers(Path parent) {
        Leftovers.collect(parent);
    }

    /** Null if someone collected the lock file between its creation and its locking. */
    private static @Nullable Staging tryOpen(Path parent) throws IOException {
        String name = processMark() + UUID.randomUUID();
        Path lockFile = parent.resolve(name + LOCK);
        FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (isLocked(channel) && Files.exists(lockFile)) {
                return new Staging(Files.createDirectory(parent.resolve(name)), lockFile, channel);
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return null;
    }

    private static boolean isLocked(FileChannel channel) {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (IOException fileSystemWithoutLocks) {
            return true;
        }
    }

    /**
     * The start of the names that this process makes. Leftovers must not even open its own live lock files: on POSIX
     * closing any channel of a file drops the locks that the process holds on it.
     */
    static String processMark() {
        ProcessHandle process = ProcessHandle.current();
        long start = process.info().startInstant().map(i -> i.toEpochMilli()).orElse(0L);
        return process.pid() + "-" + start + "-";
    }

    Path folder() {
        return folder;
    }

    /** A new path in the folder; no file yet. */
    public Path newFile() {
        return folder.resolve(Long.toString(count.incrementAndGet()));
    }

    /** Deletes the folder with what is in it. */
    @Override
    public void close() throws IOException {
        try (channel) {
            Leftovers.deleteTree(folder);
            Files.deleteIfExists(lockFile);
        }
    }
}
