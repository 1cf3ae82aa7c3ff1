package dev.mlops.testkit.object;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.error.UnavailableException;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A small object store in memory, to import and publish from. Thread-safe. */
public final class MapObjectStore implements ObjectStore {
    private final ConcurrentSkipListMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    /** An empty store. */
    public MapObjectStore() {}

    /** Puts an object, in place of what has its key. */
    public MapObjectStore with(String key, byte[] bytes) {
        objects.put(key, bytes);
        return this;
    }

    @Override
    public PutResult putIfAbsent(String key, ObjectBody body) {
        try (InputStream in = body.open()) {
            return objects.putIfAbsent(ObjectKeys.check(key), in.readAllBytes()) == null
                    ? PutResult.CREATED
                    : PutResult.EXISTED;
        } catch (IOException e) {
            throw new UnavailableException("cannot store " + key + ": " + e, e);
        }
    }

    @Override
    public InputStream get(String key) {
        return new ByteArrayInputStream(bytes(key));
    }

    @Override
    public InputStream get(String key, long offset, long length) {
        byte[] bytes = bytes(key);
        if (offset < 0 || offset > bytes.length || length < 0) {
            throw new InvalidInputException("range", offset + "+" + length, "is not in " + key);
        }
        return new ByteArrayInputStream(bytes, (int) offset, (int) Math.min(length, bytes.length - offset));
    }

    private byte[] bytes(String key) {
        byte[] bytes = objects.get(ObjectKeys.check(key));
        if (bytes == null) {
            throw new NotFoundException("no object " + key + " in " + describe());
        }
        return bytes;
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return Optional.ofNullable(objects.get(ObjectKeys.check(key)))
                .map(bytes -> new ObjectInfo(key, bytes.length, Instant.EPOCH));
    }

    @Override
    public Iterator<ObjectInfo> list(String prefix) {
        List<ObjectInfo> found = objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .map(entry -> new ObjectInfo(entry.getKey(), entry.getValue().length, Instant.EPOCH))
                .toList();
        return found.iterator();
    }

    @Override
    public boolean delete(String key) {
        return objects.remove(key) != null;
    }

    @Override
    public String describe() {
        return "objects in memory";
    }

    @Override
    public void close() {}
}
