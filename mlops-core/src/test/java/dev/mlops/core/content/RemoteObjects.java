package dev.mlops.core.content;

import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.api.spi.object.PutResult;
import java.io.InputStream;
import java.util.Iterator;
import java.util.Optional;

/** Another store seen as if its objects were no local files. */
class RemoteObjects implements ObjectStore {
    private final ObjectStore objects;

    RemoteObjects(ObjectStore objects) {
        this.objects = objects;
    }

    @Override
    public PutResult putIfAbsent(String key, ObjectBody body) {
        return objects.putIfAbsent(key, body);
    }

    @Override
    public InputStream get(String key) {
        return objects.get(key);
    }

    @Override
    public InputStream get(String key, long offset, long length) {
        return objects.get(key, offset, length);
    }

    @Override
    public Optional<ObjectInfo> head(String key) {
        return objects.head(key);
    }

    @Override
    public Iterator<ObjectInfo> list(String prefix) {
        return objects.list(prefix);
    }

    @Override
    public boolean delete(String key) {
        return objects.delete(key);
    }

    @Override
    public String describe() {
        return "remote " + objects.describe();
    }

    @Override
    public void close() {
        objects.close();
    }
}
