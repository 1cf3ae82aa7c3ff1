package dev.mlops.core.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/** Gives a finished file its name unless the name is taken: one winner among threads and processes. */
interface Naming {
    /** True if {@code staged} now has the name {@code target}; false if that was taken. */
    boolean name(Path staged, Path target) throws IOException;

    /** Hard links where the file system has them, else a lock. */
    static Naming choose(Path staging, Path lockFile) throws IOException {
        Path file = Files.createTempFile(staging, "probe", null);
        Path link = file.resolveSibling(file.getFileName() + ".link");
        try {
            Files.createLink(link, file);
            return Naming::link;
        } catch (IOException | UnsupportedOperationException e) {
            return underLock(lockFile);
        } finally {
            Files.deleteIfExists(link);
            Files.delete(file);
        }
    }

    private static boolean link(Path staged, Path target) throws IOException {
        try {
            Files.createLink(target, staged);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /**
     * For file systems without hard links: a rename would replace what is there, so looking and renaming happen under a
     * lock that every process takes.
     */
    static Naming underLock(Path lockFile) {
        Object threads = new Object();
        return (staged, target) -> {
            synchronized (threads) {
                try (FileChannel channel =
                                FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = lock(channel)) {
                    if (!lock.isValid() || Files.exists(target)) {
                        return false;
                    }
                    Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE);
                    return true;
                }
            }
        };
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException heldByAnotherStoreOfThisProcess) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }
}
