package dev.mlops.core.content;

import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.object.FileObjectStore;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.jdbc.SqliteMetadataStore;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** A pack store on SQLite and files, whose objects can be damaged. */
final class PackStoreFixture implements AutoCloseable {
    final SqliteMetadataStore metadata;
    final ObjectStore objects;
    private final Path directory;
    private final List<PackContentStore> opened = new ArrayList<>();

    PackStoreFixture(Path directory) {
        this.directory = directory;
        this.metadata = SqliteMetadataStore.open(directory.resolve("mlops.db"));
        this.objects = FileObjectStore.open(directory.resolve("objects"));
    }

    PackContentStore open() {
        return open(objects, Runnable::run, 1);
    }

    PackContentStore open(ObjectStore over, Executor executor, int parallelism) {
        return open(over, directory.resolve("index"), executor, parallelism);
    }

    PackContentStore open(ObjectStore over, Path local, Executor executor, int parallelism) {
        PackContentStore store = new PackContentStore(over, metadata, local, executor, parallelism);
        opened.add(store);
        return store;
    }

    List<String> keys(String prefix) {
        List<String> keys = new ArrayList<>();
        objects.list(prefix).forEachRemaining(info -> keys.add(info.key()));
        return keys;
    }

    long bytes(String prefix) {
        long bytes = 0;
        for (var infos = objects.list(prefix); infos.hasNext(); ) {
            ObjectInfo info = infos.next();
            bytes += info.size();
        }
        return bytes;
    }

    /** Where the first blob of a pack begins. */
    int firstBlob(String pack) {
        long size = objects.head(pack).orElseThrow().size();
        return PackFooter.read(objects, pack.substring(pack.lastIndexOf('/') + 1), size).stream()
                .mapToInt(PackEntry::offset)
                .min()
                .orElseThrow();
    }

    /** The file of an object; its folders and name carry marks. */
    Path file(String key) {
        String[] parts = key.split("/", -1);
        Path path = directory.resolve("objects/objects");
        for (int i = 0; i < parts.length; i++) {
            path = path.resolve((i == parts.length - 1 ? "o-" : "d-") + parts[i]);
        }
        return path;
    }

    void flip(String key, long at) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file(key).toFile(), "rw")) {
            access.seek(at);
            int old = access.read();
            access.seek(at);
            access.write(old ^ 0x10);
        }
    }

    void cut(String key, long length) throws IOException {
        try (RandomAccessFile access = new RandomAccessFile(file(key).toFile(), "rw")) {
            access.setLength(length);
        }
    }

    @Override
    public void close() {
        opened.forEach(PackContentStore::close);
        objects.close();
        metadata.close();
    }
}
