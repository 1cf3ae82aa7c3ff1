package dev.mlops.core.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes the {@link Staging} folders of writers that died. A live writer holds its lock file, so a lock that can be
 * taken belongs to nobody. Where the file system has no locks, a folder must not have changed for a week.
 */
final class Leftovers {
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration AGE_WITHOUT_LOCKS = Duration.ofDays(7);

    private Leftovers() {}

    /** Collects what can be; a failure leaves it to the next store that is opened. */
    static void collect(Path staging) {
        try (DirectoryStream<Path> locks = Files.newDirectoryStream(staging, "*" + Staging.LOCK)) {
            for (Path lock : locks) {
                collectOne(lock);
            }
        } catch (NoSuchFileException nothingStagedYet) {
            log.trace("no staging folder {}", staging);
        } catch (IOException e) {
            log.debug("cannot collect the leftovers in {}", staging, e);
        }
    }

    private static void collectOne(Path lockFile) throws IOException {
        String name = String.valueOf(lockFile.getFileName());
        if (name.startsWith(Staging.processMark())) {
            return;
        }
        Path folder = lockFile.resolveSibling(name.substring(0, name.length() - Staging.LOCK.length()));
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE)) {
            if (isAbandoned(channel, folder)) {
                deleteTree(folder);
                Files.deleteIfExists(lockFile);
                log.debug("collected what a killed writer left in {}", folder);
            }
        } catch (NoSuchFileException collectedByAnother) {
            log.trace("{} is gone", lockFile);
        }
    }

    private static boolean isAbandoned(FileChannel channel, Path folder) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        } catch (IOException fileSystemWithoutLocks) {
            Instant changed = Files.getLastModifiedTime(folder).toInstant();
            Instant now = Clock.systemUTC().instant(); // files are dated by the machine, not by the clock of the host
            return changed.isBefore(now.minus(AGE_WITHOUT_LOCKS));
        }
    }

    /** Deletes a folder that holds files only, if it is there. */
    static void deleteTree(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        }
        Files.deleteIfExists(folder);
    }
}
