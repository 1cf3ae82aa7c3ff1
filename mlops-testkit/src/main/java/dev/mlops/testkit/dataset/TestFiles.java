package dev.mlops.testkit.dataset;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.dataset.DatasetStore;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileSource;
import dev.mlops.api.dataset.PublishOptions;
import dev.mlops.testkit.object.TestBodies;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files by path, to be published and compared. */
final class TestFiles {
    private final NavigableMap<String, byte[]> files = new TreeMap<>();

    TestFiles with(String path, String text) {
        return with(path, text.getBytes(StandardCharsets.UTF_8));
    }

    TestFiles with(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    TestFiles without(String path) {
        files.remove(path);
        return this;
    }

    /** So many small files {@code dir-<n mod 7>/<n>.txt}. */
    static TestFiles many(int count) {
        TestFiles result = new TestFiles();
        for (int i = 0; i < count; i++) {
            result.with("dir-%d/%05d.txt".formatted(i % 7, i), "file " + i);
        }
        return result;
    }

    byte[] bytes(String path) {
        return Objects.requireNonNull(files.get(path), path);
    }

    List<String> paths() {
        return new ArrayList<>(files.keySet());
    }

    long totalBytes() {
        return files.values().stream().mapToLong(bytes -> bytes.length).sum();
    }

    Iterator<FileSource> sources() {
        return files.entrySet().stream()
                .map(file -> FileSource.of(file.getKey(), file.getValue()))
                .iterator();
    }

    DatasetVersion publish(DatasetStore datasets, String name, PublishOptions options) {
        return datasets.publish(name, sources(), options);
    }

    DatasetVersion publish(DatasetStore datasets, String name) {
        return publish(datasets, name, PublishOptions.defaults());
    }

    Path writeTo(Path directory) throws IOException {
        for (var file : files.entrySet()) {
            Path path = directory.resolve(file.getKey());
            Files.createDirectories(path.resolveSibling(""));
            Files.write(path, file.getValue());
        }
        return directory;
    }

    /** The files below a directory, in the form of this class. */
    static Map<String, String> below(Path directory) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                found.put(directory.relativize(path).toString().replace('\\', '/'), digest(Files.readAllBytes(path)));
            }
        }
        return found;
    }

    Map<String, String> digests() {
        Map<String, String> digests = new TreeMap<>();
        files.forEach((path, bytes) -> digests.put(path, digest(bytes)));
        return digests;
    }

    private static String digest(byte[] bytes) {
        return Sha256.of(bytes).hex();
    }

    static byte[] read(DatasetStore datasets, DatasetVersion version, String path) {
        try (InputStream in = datasets.open(version, path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes that need several blocks. */
    static byte[] large() {
        return TestBodies.noise(5 * 1024 * 1024 + 77, 5);
    }
}
