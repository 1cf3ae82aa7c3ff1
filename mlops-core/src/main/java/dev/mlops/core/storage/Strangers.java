package dev.mlops.core.storage;

import dev.mlops.api.spi.metadata.ContentRepository;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.object.ObjectInfo;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.context.StoreContext;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackFooter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Objects that belong to nothing. A pack is registered before its object is written, so that one that is not registered
 * once its object was seen is nobody's; an index is registered after it, and gets some time.
 */
final class Strangers {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
    private static final Duration INDEX_AGE = Duration.ofHours(1);
    private static final int BATCH = 1_000;

    private final StoreContext store;
    private final ObjectStore objects;

    Strangers(StoreContext store, ObjectStore objects) {
        this.store = store;
        this.objects = objects;
    }

    /**
     * Lists packs and indexes.
     *
     * @param age how old a stranger must be to be told of
     * @param pack is told of each object that has the name of a pack
     * @param stranger is told of those that belong to nothing
     */
    void list(Duration age, Consumer<ObjectInfo> pack, Consumer<ObjectInfo> stranger) {
        walk("pack/", PackFooter::key, this::packs, age, pack, stranger);
        Duration indexAge = age.compareTo(INDEX_AGE) < 0 ? INDEX_AGE : age;
        walk("index/", IndexWriter::key, ids -> indexes(), indexAge, info -> {}, stranger);
    }

    private Set<String> packs(List<String> ids) {
        return store.<Set<String>>read(tx -> tx.content().existing(ids));
    }

    private Set<String> indexes() {
        return store.<Set<String>>read(tx -> {
            ContentRepository content = tx.content();
            Set<String> ids = new HashSet<>();
            content.indexes().stream().map(IndexRecord::id).forEach(ids::add);
            content.replacedIndexes(Duration.ZERO).stream().map(IndexRecord::id).forEach(ids::add);
            return ids;
        });
    }

    private void walk(
            String prefix,
            Function<String, String> keyOf,
            Function<List<String>, Set<String>> known,
            Duration age,
            Consumer<ObjectInfo> named,
            Consumer<ObjectInfo> stranger) {
        Iterator<ObjectInfo> listing = objects.list(prefix);
        List<ObjectInfo> batch = new ArrayList<>(BATCH);
        while (listing.hasNext()) {
            batch.add(listing.next());
            if (batch.size() == BATCH || !listing.hasNext()) {
                Set<String> ids = known.apply(batch.stream()
                        .map(Strangers::id)
                        .filter(id -> ID.matcher(id).matches())
                        .toList());
                for (ObjectInfo info : batch) {
                    String id = id(info);
                    if (ids.contains(id) && keyOf.apply(id).equals(info.key())) {
                        named.accept(info);
                    } else if (isOlder(info, age)) {
                        stranger.accept(info);
                    }
                }
                batch.clear();
            }
        }
    }

    static String id(ObjectInfo info) {
        return info.key().substring(info.key().lastIndexOf('/') + 1);
    }

    private boolean isOlder(ObjectInfo info, Duration age) {
        return age.isZero() || !info.createdAt().isAfter(store.now().minus(age));
    }
}
