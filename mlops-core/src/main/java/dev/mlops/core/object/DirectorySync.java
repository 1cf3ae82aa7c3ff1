package dev.mlops.core.object;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes names in folders survive a crash of the machine: syncing a file keeps its bytes, but its name is kept only once
 * its folder is synced too. Thread-safe.
 */
final class DirectorySync {
    private static final boolean POSSIBLE = !System.getProperty("os.name", "").startsWith("Windows");
    private static final int REMEMBERED = 10_000;

    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    DirectorySync() {}

    /** Waits until the names in {@code folder} are on disk; does nothing on Windows, which cannot. */
    static void sync(Path folder) throws IOException {
        if (!POSSIBLE) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Makes a folder and those above it, down from {@code root}, and their names durable. Also a folder that is there
     * is synced once: another process may have made it a moment ago.
     */
    void create(Path root, Path folder) throws IOException {
        if (folder.equals(root) || durable.contains(folder)) {
            return;
        }
        Path parent = folder.resolveSibling("");
        create(root, parent);
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        sync(parent);
        remember(folder);
    }

    private void remember(Path folder) {
        if (durable.size() >= REMEMBERED) {
            durable.clear();
        }
        durable.add(folder);
    }
}
