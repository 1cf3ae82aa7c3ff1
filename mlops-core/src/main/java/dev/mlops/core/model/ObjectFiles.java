package dev.mlops.core.model;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.content.ContentSource;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The one object with a key, or all objects below a prefix, which ends at a {@code /} whether it says so or not. */
final class ObjectFiles implements FileSet {
    private final ObjectStore store;
    private final List<NamedContent> files = new ArrayList<>();

    ObjectFiles(ObjectStore store, String prefix, ImportLimits limits) {
        this.store = store;
        FilePaths paths = new FilePaths("object in " + store.describe(), limits.files());
        Optional<ObjectInfo> exact = ObjectKeys.isValid(prefix) ? store.head(prefix) : Optional.empty();
        if (exact.isPresent()) {
            add(paths, prefix.substring(prefix.lastIndexOf('/') + 1), exact.get());
        } else {
            addBelow(paths, prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/");
        }
        if (files.isEmpty()) {
            throw new InvalidInputException("object prefix", prefix, "names no object in " + store.describe());
        }
    }

    private void addBelow(FilePaths paths, String folder) {
        Iterator<ObjectInfo> objects = store.list(ObjectKeys.checkPrefix(folder));
        while (objects.hasNext()) {
            ObjectInfo object = objects.next();
            if (!object.key().endsWith("/")) { // consoles of S3 make these to show folders
                add(paths, object.key().substring(folder.length()), object);
            }
        }
    }

    private void add(FilePaths paths, String path, ObjectInfo object) {
        files.add(new NamedContent(paths.add(path), new StoredObject(store, object)));
    }

    @Override
    public List<NamedContent> files() {
        return files;
    }

    private record StoredObject(ObjectStore store, ObjectInfo info) implements ContentSource {
        @Override
        public String name() {
            return info.key() + " in " + store.describe();
        }

        @Override
        public InputStream open() {
            return store.get(info.key());
        }

        @Override
        public long sizeHint() {
            return info.size();
        }
    }
}
