package dev.mlops.core.pack;

import dev.mlops.api.content.Sha256;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.core.object.FileObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Packs in a real object store of files. */
final class PackObjects implements AutoCloseable {
    private final Path folder;
    private final FileObjectStore objects;

    PackObjects() throws IOException {
        folder = Files.createTempDirectory("packs");
        objects = FileObjectStore.open(folder);
    }

    void put(FinishedPack pack) {
        objects.putIfAbsent(PackFooter.key(pack.id()), pack.body());
    }

    /** Replaces the bytes of a pack and reads its footer. */
    List<PackEntry> readDamaged(String packId, byte[] bytes) {
        String key = PackFooter.key(packId);
        objects.delete(key);
        objects.putIfAbsent(key, ObjectBody.of(bytes));
        return PackFooter.read(objects, packId, bytes.length);
    }

    List<PackEntry> read(String packId, long size) {
        return PackFooter.read(objects, packId, size);
    }

    static byte[] bytes(FinishedPack pack) {
        try (InputStream in = pack.body().open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static BlobId idOf(byte[] bytes) {
        return BlobId.of(Sha256.of(bytes));
    }

    static BlobId id(long number) {
        return idOf(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        objects.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
