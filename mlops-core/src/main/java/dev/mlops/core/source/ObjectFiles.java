package dev.mlops.core.source;

import dev.mlops.api.error.ConflictException;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.name.RelativePath;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectKeys;
import dev.mlops.api.spi.object.ObjectStore;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one object with a key, or all objects below a prefix, which ends at a {@code /} whether it says so or not; found as
 * they are asked for. Confined to one thread at a time, but their bytes are not.
 */
public final class ObjectFiles implements SourceFiles {
    private final ObjectStore store;
    private final String field;
    private final PathFilter filter;
    private final int skipped;
    private final Iterator<ObjectInfo> objects;
    private @Nullable SourceFile next;

    /** Begins to list. */
    public ObjectFiles(ObjectStore store, String prefix, PathFilter filter) {
        this.store = store;
        this.field = "object in " + store.describe();
        this.filter = filter;
        Optional<ObjectInfo> exact = ObjectKeys.isValid(prefix) ? store.head(prefix) : Optional.empty();
        if (exact.isPresent()) {
            skipped = prefix.lastIndexOf('/') + 1;
            objects = List.of(exact.get()).iterator();
        } else {
            String folder = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
            skipped = folder.length();
            objects = store.list(ObjectKeys.checkPrefix(folder));
        }
        if (!objects.hasNext()) {
            throw new InvalidInputException("object prefix", prefix, "names no object in " + store.describe());
        }
    }

    /** Any: one object may be named like a folder of others. */
    @Override
    public Order order() {
        return Order.ANY;
    }

    @Override
    public boolean hasNext() {
        while (next == null && objects.hasNext()) {
            next = take(objects.next());
        }
        return next != null;
    }

    @Override
    public SourceFile next() {
        SourceFile result = hasNext() ? next : null;
        if (result == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return result;
    }

    private @Nullable SourceFile take(ObjectInfo object) {
        if (object.key().endsWith("/")) { // consoles of S3 make these to show folders
            return null;
        }
        String path = RelativePath.check(field, object.key().substring(skipped));
        return filter.takes(path)
                ? SourceFile.of(
                        path, () -> open(object.key()), object.size(), SourceFile.Reading.ONCE, object.createdAt())
                : null;
    }

    private InputStream open(String key) {
        try {
            return store.get(key);
        } catch (NotFoundException e) {
            throw new ConflictException(
                    "object %s vanished from %s while it was read; try again when nobody changes it"
                            .formatted(key, store.describe()),
                    e);
        }
    }
}
