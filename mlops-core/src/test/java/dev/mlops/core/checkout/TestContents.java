package dev.mlops.core.checkout;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.progress.Cancellation;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.ContentSource;
import dev.mlops.core.content.ContentStore;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.content.PackContentStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.jdbc.SqliteMetadataStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A content store on files that can be damaged. */
public final class TestContents implements AutoCloseable {
    private final Path packs;
    private final ObjectStore objects;
    private final SqliteMetadataStore metadata;
    private final ExecutorService executor = Executors.newFixedThreadPool(3);
    private final PackContentStore store;

    public TestContents(Path directory) {
        this.packs = directory.resolve("objects");
        this.objects = FileObjectStore.open(packs);
        this.metadata = SqliteMetadataStore.open(directory.resolve("mlops.db"));
        this.store = new PackContentStore(objects, metadata, directory.resolve("index"), executor, 3);
    }

    public ContentStore store() {
        return store;
    }

    public List<Sha256> putAll(List<byte[]> contents) {
        try (ContentWriter writer = store.writer(new Cancellation())) {
            List<Sha256> digests = contents.stream()
                    .map(bytes -> writer.put(ContentSource.of("test", ObjectBody.of(bytes)))
                            .digest())
                    .toList();
            writer.flush();
            return digests;
        }
    }

    public Sha256 put(byte[] bytes) {
        return putAll(List.of(bytes)).get(0);
    }

    /** Changes a byte of a text that was stored as it is. */
    public void damage(String text) {
        try (Stream<Path> all = Files.walk(packs)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text);
                if (at >= 0) {
                    bytes[at] ^= 1;
                    Files.write(file, bytes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        store.close();
        executor.shutdownNow();
        objects.close();
        metadata.close();
    }
}
