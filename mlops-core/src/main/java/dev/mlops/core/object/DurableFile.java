package dev.mlops.core.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Replaces files so that after a crash there is the old file or the new one, whole. */
public final class DurableFile {
    private DurableFile() {}

    /**
     * Syncs {@code written} and gives it the name {@code target}, in one step, replacing what has that name; returns
     * when both bytes and name are durable.
     *
     * @param written a finished file on the file system of {@code target}
     * @param target an absolute path, or one with a parent
     */
    public static void moveTo(Path written, Path target) throws IOException {
        try (FileChannel channel = FileChannel.open(written, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DirectorySync.sync(target.toAbsolutePath().resolveSibling(""));
    }
}
