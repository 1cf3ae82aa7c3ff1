package dev.mlops.edge.docker;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** The files of an image, by their path in it, without a copy on disk. Everything belongs to root. Not thread-safe. */
final class RootFileSystem {
    private static final int DIRECTORY = 040755;
    private static final int EXECUTABLE = 0100755;
    private static final int PLAIN = 0100644;

    private final Map<String, ModelTar.Part> parts = new TreeMap<>();

    /** Adds a directory, and those above it. */
    void directory(String path) {
        directory(path, DIRECTORY);
    }

    /** Adds a directory with a mode such as 041777. */
    void directory(String path, int mode) {
        parents(path);
        put(new TarArchiveEntry(relative(path) + "/"), mode, 0, InputStream::nullInputStream);
    }

    void text(String path, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        parents(path);
        put(new TarArchiveEntry(relative(path)), PLAIN, bytes.length, () -> new ByteArrayInputStream(bytes));
    }

    /** Adds the bytes of a file, or of what it links to. */
    void file(String path, Path source) {
        parents(path);
        try {
            int mode = Files.isExecutable(source) ? EXECUTABLE : PLAIN;
            put(new TarArchiveEntry(relative(path)), mode, Files.size(source), () -> Files.newInputStream(source));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds everything under a directory. */
    void tree(String path, Path source) {
        try (Stream<Path> files = Files.walk(source)) {
            files.filter(Files::isRegularFile).forEach(file -> file(path + "/" + source.relativize(file), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The archive; a stream of its own at each call. */
    InputStream toTar() {
        return ModelTar.archive(parts.values().stream());
    }

    private void parents(String path) {
        String relative = relative(path);
        for (int slash = relative.indexOf('/'); slash > 0; slash = relative.indexOf('/', slash + 1)) {
            TarArchiveEntry parent = new TarArchiveEntry(relative.substring(0, slash + 1));
            if (!parts.containsKey(parent.getName())) {
                put(parent, DIRECTORY, 0, InputStream::nullInputStream);
            }
        }
    }

    private void put(TarArchiveEntry entry, int mode, long size, ModelTar.Opener body) {
        entry.setMode(mode);
        entry.setSize(size);
        entry.setIds(0, 0);
        entry.setModTime(0L);
        parts.put(entry.getName(), new ModelTar.Part(entry, body));
    }

    private static String relative(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
