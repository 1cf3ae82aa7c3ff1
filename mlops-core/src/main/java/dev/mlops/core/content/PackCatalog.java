package dev.mlops.core.content;

import dev.mlops.api.error.AlreadyExistsException;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.api.error.NotFoundException;
import dev.mlops.api.spi.metadata.ContentRepository;
import dev.mlops.api.spi.metadata.ContentRepository.DamageRecord;
import dev.mlops.api.spi.metadata.ContentRepository.IndexRecord;
import dev.mlops.api.spi.metadata.ContentRepository.PackRecord;
import dev.mlops.api.spi.metadata.MetadataStore;
import dev.mlops.api.spi.object.ObjectBody;
import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobIndex;
import dev.mlops.core.pack.BlobKind;
import dev.mlops.core.pack.IndexWriter;
import dev.mlops.core.pack.PackEntry;
import dev.mlops.core.pack.PackFooter;
import dev.mlops.core.pack.WrittenIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells where blobs are: from the indexes, and from the footers of packs that no index lists yet or whose index is lost.
 * Packs that other processes add are seen after a {@link #refresh()}. Thread-safe.
 */
final class PackCatalog implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(PackCatalog.class);
    private static final int PAGE = 10_000;
    private static final int MAX_INDEXES = 16;
    /** So many packs or blobs that no index lists are worth one. */
    private static final int PACKS_FOR_INDEX = 8;

    private static final int BLOBS_FOR_INDEX = 20_000;

    private final ObjectStore objects;
    private final MetadataStore metadata;
    private final LocalIndexes local;
    private final PackNames names = new PackNames();
    private final RecentBlobs recent = new RecentBlobs();
    private final Object refreshing = new Object();
    private final Object indexing = new Object();
    private volatile List<OpenIndex> indexes = List.of();
    /** Changed by whoever is {@link #refreshing}. */
    private volatile Map<Integer, Set<String>> damage = Map.of();

    /** Indexes that cannot be read; the footers of their packs are instead. */
    private volatile Set<String> lostIndexes = Set.of();

    private volatile boolean loaded;
    private long lastSequence;

    /** An index with the numbers of its packs. */
    private static final class OpenIndex {
        private final IndexRecord record;
        private final BlobIndex index;
        private final int[] packs;

        OpenIndex(IndexRecord record, BlobIndex index, int[] packs) {
            this.record = record;
            this.index = index;
            this.packs = packs;
        }

        void addEntries(int pack, Map<Integer, PackEntry> found) {
            for (long i = 0; i < index.blobs(); i++) {
                if (packs[index.pack(i)] == pack) {
                    found.put(
                            index.offset(i),
                            new PackEntry(
                                    index.id(i),
                                    index.kind(i),
                                    index.offset(i),
                                    index.storedLength(i),
                                    index.rawLength(i)));
                }
            }
        }

        BlobPlace place(long ordinal) {
            return new BlobPlace(
                    packs[index.pack(ordinal)],
                    index.offset(ordinal),
                    index.storedLength(ordinal),
                    index.rawLength(ordinal),
                    index.kind(ordinal));
        }
    }

    private record Seen(List<IndexRecord> indexes, List<PackRecord> packs, List<DamageRecord> damage) {}

    PackCatalog(ObjectStore objects, MetadataStore metadata, Path folder) {
        this.objects = objects;
        this.metadata = metadata;
        this.local = new LocalIndexes(objects, objects.describe() + '\n' + metadata.describe(), folder);
    }

    /** Where a blob lies undamaged as far as is known; null if it is not in the store. */
    @Nullable
    BlobPlace find(BlobId id) {
        List<BlobPlace> places = places(id, true);
        return places.isEmpty() ? null : places.get(0);
    }

    /** Where a blob of a kind lies undamaged as far as is known; null if it is not in the store. */
    @Nullable
    BlobPlace find(BlobId id, BlobKind kind) {
        BlobPlace place = find(id);
        if (place == null || place.kind() == kind) {
            return place;
        }
        return all(id).stream()
                .filter(one -> one.kind() == kind && !isDamaged(one.pack(), id))
                .findFirst()
                .orElse(null);
    }

    /** All places of a blob, those that are known to be damaged last. */
    List<BlobPlace> all(BlobId id) {
        List<BlobPlace> places = places(id, false);
        if (places.size() > 1 && !damage.isEmpty()) {
            places = new ArrayList<>(places);
            places.sort(Comparator.comparing(place -> isDamaged(place.pack(), id)));
        }
        return places;
    }

    /** The damaged packs that make {@link #find} not see the blob: all of them, as each may have owners of its own. */
    List<String> damagedPacks(BlobId id) {
        if (damage.isEmpty()) {
            return List.of();
        }
        return places(id, false).stream()
                .filter(place -> isDamaged(place.pack(), id))
                .map(place -> names.pack(place.pack()).id())
                .distinct()
                .toList();
    }

    private List<BlobPlace> places(BlobId id, boolean first) {
        load();
        List<BlobPlace> found = new ArrayList<>(1);
        for (BlobPlace place : recent.find(id)) {
            if (take(place, id, first, found)) {
                return found;
            }
        }
        List<OpenIndex> open = indexes;
        for (int i = open.size() - 1; i >= 0; i--) {
            OpenIndex one = open.get(i);
            for (long at = one.index.find(id); at >= 0; at = one.index.nextCopy(at)) {
                if (take(one.place(at), id, first, found)) {
                    return found;
                }
            }
        }
        return found;
    }

    private boolean take(@Nullable BlobPlace place, BlobId id, boolean first, List<BlobPlace> found) {
        if (place == null
                || place.pack() < 0
                || !names.isLive(place.pack())
                || (first && isDamaged(place.pack(), id))) {
            return false;
        }
        found.add(place);
        return first;
    }

    /** The blobs of a pack by offset, as far as indexes tell of them; empty if the pack is not known. */
    List<PackEntry> entries(String packId) {
        load();
        int number = names.find(packId);
        Map<Integer, PackEntry> found = new TreeMap<>();
        if (number >= 0) {
            recent.entries(number).forEach(entry -> found.put(entry.offset(), entry));
            indexes.forEach(one -> one.addEntries(number, found));
        }
        return List.copyOf(found.values());
    }

    boolean isDamaged(int pack, BlobId id) {
        Set<String> blobs = damage.get(pack);
        return blobs != null && (blobs.isEmpty() || blobs.contains(id.hex()));
    }

    PackRecord pack(int number) {
        return names.pack(number);
    }

    private void load() {
        if (!loaded) {
            refresh();
        }
    }

    /** Takes in what was added since. */
    void refresh() {
        synchronized (refreshing) {
            takeIn(read());
        }
    }

    /** Takes in what was added and what is gone. */
    void reload() {
        synchronized (refreshing) {
            lastSequence = 0;
            Seen seen = read();
            names.retain(seen.packs().stream().map(PackRecord::id).toList());
            takeIn(seen);
        }
    }

    private Seen read() {
        return metadata.<Seen>read(tx -> {
            ContentRepository content = tx.content();
            List<IndexRecord> open = content.indexes();
            List<PackRecord> packs = new ArrayList<>();
            long sequence = lastSequence;
            List<PackRecord> page;
            do {
                page = content.packsAfter(sequence, PAGE);
                packs.addAll(page);
                sequence = page.isEmpty() ? sequence : page.get(page.size() - 1).sequence();
            } while (page.size() == PAGE);
            return new Seen(open, packs, content.damage());
        });
    }

    private void takeIn(Seen seen) {
        for (PackRecord pack : seen.packs()) {
            names.add(pack);
            lastSequence = Math.max(lastSequence, pack.sequence());
        }
        takeDamage(seen.damage());
        openIndexes(seen.indexes());
        BitSet unknown = names.live();
        BitSet indexed = indexedPacks();
        unknown.andNot(indexed);
        recent.forgetIf(indexed);
        unknown.andNot(recent.packs());
        unknown.stream().forEach(this::readFooter);
        loaded = true;
    }

    private void takeDamage(List<DamageRecord> records) {
        Map<Integer, Set<String>> known = new HashMap<>();
        for (DamageRecord one : records) {
            int number = names.find(one.packId());
            if (number >= 0) {
                known.put(number, one.blobs());
            }
        }
        damage = Map.copyOf(known);
    }

    private BitSet indexedPacks() {
        BitSet result = new BitSet();
        for (OpenIndex one : indexes) {
            for (int pack : one.packs) {
                if (pack >= 0) {
                    result.set(pack);
                }
            }
        }
        return result;
    }

    private void openIndexes(List<IndexRecord> wanted) {
        Map<String, OpenIndex> before =
                indexes.stream().collect(Collectors.toMap(one -> one.record.id(), one -> one, (a, b) -> a));
        List<OpenIndex> after = new ArrayList<>();
        Set<String> lost = new HashSet<>();
        for (IndexRecord one : wanted) {
            OpenIndex opened = before.get(one.id());
            BlobIndex index = opened == null ? open(one) : opened.index;
            if (index == null) {
                lost.add(one.id());
            } else {
                after.add(new OpenIndex(one, index, numbers(index)));
            }
        }
        lostIndexes = Set.copyOf(lost);
        boolean isSame =
                before.keySet().equals(wanted.stream().map(IndexRecord::id).collect(Collectors.toSet()));
        indexes = List.copyOf(after);
        if (!isSame) {
            local.retain(wanted.stream().map(IndexRecord::id).collect(Collectors.toSet()));
        }
    }

    /** Null if it is lost: the footers of its packs tell the same. */
    private @Nullable BlobIndex open(IndexRecord index) {
        try {
            return local.open(index);
        } catch (IntegrityException | NotFoundException e) {
            log.warn("index {} in {} cannot be used, reading packs instead", index.id(), objects.describe(), e);
            return null;
        }
    }

    private int[] numbers(BlobIndex index) {
        int[] result = new int[index.packs()];
        for (int i = 0; i < result.length; i++) {
            result[i] = names.find(index.packId(i));
        }
        return result;
    }

    private void readFooter(int number) {
        PackRecord pack = names.pack(number);
        try {
            recent.add(number, PackFooter.read(objects, pack.id(), pack.bytes()));
        } catch (NotFoundException e) {
            log.debug("pack {} is not there yet, or its writer died", pack.id(), e);
        } catch (IntegrityException e) {
            log.warn("pack {} in {} cannot be read", pack.id(), objects.describe(), e);
            reportDamage(pack.id(), List.of());
        }
    }

    /** Notes a pack whose object is there now; gives its number. */
    int add(String packId, long bytes, List<PackEntry> entries) {
        int number = names.add(new PackRecord(0, packId, bytes, ContentRepository.PackState.LIVE, false));
        recent.add(number, entries);
        return number;
    }

    /** Notes damage, for this process at once. */
    void reportDamage(String packId, Collection<String> blobs) {
        metadata.transaction(tx -> {
            tx.content().reportDamage(packId, blobs);
            return packId;
        });
        synchronized (refreshing) {
            noteDamage(packId, blobs);
        }
    }

    private void noteDamage(String packId, Collection<String> blobs) {
        int number = names.find(packId);
        if (number >= 0) {
            Map<Integer, Set<String>> known = new HashMap<>(damage);
            Set<String> before = known.get(number);
            Set<String> after = new HashSet<>(blobs);
            if (before != null && !blobs.isEmpty() && !before.isEmpty()) {
                after.addAll(before);
            }
            known.put(number, before != null && before.isEmpty() ? before : after);
            damage = Map.copyOf(known);
        }
    }

    /** Writes an index over what no index lists if that is worth it, and merges indexes if there are many. */
    void index() {
        synchronized (indexing) {
            if (recent.packs().cardinality() >= PACKS_FOR_INDEX
                    || recent.blobs() >= BLOBS_FOR_INDEX
                    || !lostIndexes.isEmpty()) {
                write();
            }
            if (indexes.size() > MAX_INDEXES) {
                merge();
            }
        }
    }

    private void write() {
        List<IndexInFile> files = recent.read((table, packs) -> {
            Path file = local.newFile();
            List<String> ids =
                    packs.stream().map(names::pack).map(PackRecord::id).toList();
            return new IndexInFile(file, IndexWriter.write(file, table, ids));
        });
        try {
            files.forEach(this::register);
        } finally {
            files.forEach(one -> LocalIndexes.deleteQuietly(one.file()));
        }
        refresh();
    }

    /** Opens indexes again that were found damaged, and writes one in the place of those that are. */
    void mendIndexes(Set<String> damaged) {
        synchronized (refreshing) {
            indexes = indexes.stream()
                    .filter(one -> !damaged.contains(one.record.id()))
                    .toList();
        }
        refresh();
        index();
    }

    private record IndexInFile(Path file, WrittenIndex written) {}

    private void register(IndexInFile one) {
        Set<String> lost = lostIndexes;
        lostIndexes = Set.of();
        if (lost.contains(one.written().id())) {
            // The lost one told the same: its object alone is written anew.
            objects.delete(IndexWriter.key(one.written().id()));
            put(one.file(), one.written());
        } else {
            register(put(one.file(), one.written()), one.written().packIds(), lost);
        }
    }

    private void register(IndexRecord index, List<String> packIds, Set<String> lost) {
        try {
            metadata.transaction(tx -> {
                if (lost.isEmpty() || !tx.content().replaceIndexes(index, lost)) {
                    tx.content().addIndex(index, packIds);
                }
                return index;
            });
        } catch (AlreadyExistsException e) {
            log.debug("another process wrote the same index", e);
        }
    }

    private IndexRecord put(Path file, WrittenIndex written) {
        try {
            objects.putIfAbsent(IndexWriter.key(written.id()), ObjectBody.of(file));
        } catch (IOException e) {
            throw ContentFailures.of("cannot read the new index " + file, e);
        }
        return new IndexRecord(written.id(), written.blobs(), written.bytes());
    }

    /** Merges the small ones, so that each blob is written a few times only however many publishes there are. */
    private void merge() {
        List<OpenIndex> bySize = new ArrayList<>(indexes);
        bySize.sort(Comparator.comparingLong(one -> one.record.blobs()));
        List<OpenIndex> small = new ArrayList<>();
        long blobs = 0;
        for (OpenIndex one : bySize) {
            if (small.size() >= MAX_INDEXES / 2 && one.record.blobs() > 2 * blobs) {
                break;
            }
            small.add(one);
            blobs += one.record.blobs();
        }
        small.sort(Comparator.comparingInt(indexes::indexOf));
        merge(small);
    }

    private void merge(List<OpenIndex> small) {
        Path file = local.newFile();
        try {
            WrittenIndex written =
                    IndexWriter.merge(file, small.stream().map(one -> one.index).toList(), id -> names.find(id) >= 0);
            IndexRecord index = put(file, written);
            List<String> replaced = small.stream().map(one -> one.record.id()).toList();
            boolean done = metadata.<Boolean>transaction(tx -> tx.content().replaceIndexes(index, replaced));
            log.debug("merged {} indexes to {}: {}", replaced.size(), index.id(), done);
        } finally {
            LocalIndexes.deleteQuietly(file);
        }
        refresh();
    }

    /** True if a blob is a list of others. */
    static boolean isList(BlobPlace place) {
        return place.kind() == BlobKind.LIST;
    }

    @Override
    public void close() {
        synchronized (refreshing) {
            indexes.forEach(one -> one.index.close());
            indexes = List.of();
        }
    }
}
