package dev.mlops.core.checkout;

import dev.mlops.core.file.ReadFailures;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The temporary files of one checkout. Each has a name that says which process and which checkout writes it, so that
 * another one can tell what a killed process left. Thread-safe.
 */
final class Parts implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("\\.mlops-([0-9]{1,18})-([0-9a-f]{16})-[0-9]{1,18}\\.part");

    /** The checkouts that run in this process: its number alone would not tell those of a process before it. */
    private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

    private final String run =
            String.format(Locale.ROOT, "%016x", UUID.randomUUID().getMostSignificantBits());
    private final String prefix = ".mlops-" + ProcessHandle.current().pid() + "-" + run + "-";
    private final AtomicLong count = new AtomicLong();

    Parts() {
        RUNNING.add(run);
    }

    /** A new temporary file in a folder; it does not exist yet. */
    Path in(Path folder) {
        return folder.resolve(prefix + count.incrementAndGet() + ".part");
    }

    /** Deletes what killed processes left in a folder. */
    static void sweep(Path folder) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, Parts::isLeft)) {
            for (Path part : left) {
                Files.deleteIfExists(part);
            }
        } catch (DirectoryIteratorException e) {
            throw ReadFailures.of("cannot tidy folder " + folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw ReadFailures.of("cannot tidy folder " + folder, e);
        }
    }

    private static boolean isLeft(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() && !isInUse(name.group(1), name.group(2));
    }

    /** True if a file is one that a running checkout writes. */
    static boolean isInUse(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        return name.matches() && isInUse(name.group(1), name.group(2));
    }

    private static boolean isInUse(String process, String run) {
        long pid = Long.parseLong(process);
        return pid == ProcessHandle.current().pid()
                ? RUNNING.contains(run)
                : ProcessHandle.of(pid).isPresent();
    }

    @Override
    public void close() {
        RUNNING.remove(run);
    }
}
