package dev.mlops.jdbc;

import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one migration of SQLite files run at a time: Flyway has no lock of its own for SQLite. Processes meet in a lock
 * on the file {@code <database>.migrating}, which stays, empty (removing it would let two processes lock two files);
 * the threads of this process, for which file locks do not work, in one lock.
 */
final class MigrationLock {
    private static final ReentrantLock THREADS = new ReentrantLock();

    private MigrationLock() {}

    static void with(Path database, Runnable migration) {
        Path file = database.resolveSibling(database.getFileName() + ".migrating");
        THREADS.lock();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid()) {
                migration.run();
            }
        } catch (IOException e) {
            throw new UnavailableException("Cannot lock %s for a migration: %s".formatted(file, e.getMessage()), e);
        } finally {
            THREADS.unlock();
        }
    }
}
