package dev.mlops.core.object;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the unfinished files that killed processes left in a folder; whoever is at work changed his not long ago. */
public final class OldFiles {
    private static final Logger log = LoggerFactory.getLogger(OldFiles.class);
    private static final Duration AGE = Duration.ofDays(1);

    private OldFiles() {}

    /**
     * Deletes those that have not changed for a day; a failure leaves them to the next time.
     *
     * @param folder need not be there
     * @param glob the names of unfinished files
     */
    public static void delete(Path folder, String glob) {
        // Files are dated by the machine, not by the clock of the host.
        Instant oldest = Clock.systemUTC().instant().minus(AGE);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(oldest)) {
                    Files.deleteIfExists(file);
                    log.debug("deleted {}, which a killed process left", file);
                }
            }
        } catch (NoSuchFileException nothingToDelete) {
            log.trace("no folder {}", folder);
        } catch (IOException e) {
            log.debug("cannot delete old files in {}", folder, e);
        }
    }
}
