package dev.mlops.core.content;

import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobTable;
import dev.mlops.core.pack.PackEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blobs of packs that no index lists yet. Thread-safe. */
final class RecentBlobs {
    private final List<Integer> packs = new ArrayList<>();
    private BlobTable table = new BlobTable();

    /** Notes the blobs of a pack. */
    synchronized void add(int pack, List<PackEntry> entries) {
        if (packs.contains(pack)) {
            return;
        }
        int local = packs.size();
        packs.add(pack);
        for (PackEntry entry : entries) {
            table.put(entry.id(), entry.kind(), local, entry.offset(), entry.storedLength(), entry.rawLength());
        }
    }

    synchronized @Nullable BlobPlace find(BlobId id) {
        long slot = table.find(id);
        return slot < 0
                ? null
                : new BlobPlace(
                        packs.get(table.pack(slot)),
                        table.offset(slot),
                        table.storedLength(slot),
                        table.rawLength(slot),
                        table.kind(slot));
    }

    /** The blobs of a pack. */
    synchronized List<PackEntry> entries(int pack) {
        int local = packs.indexOf(pack);
        List<PackEntry> entries = new ArrayList<>();
        for (long slot = 0; local >= 0 && slot < table.size(); slot++) {
            if (table.pack(slot) == local) {
                entries.add(new PackEntry(
                        table.id(slot),
                        table.kind(slot),
                        table.offset(slot),
                        table.storedLength(slot),
                        table.rawLength(slot)));
            }
        }
        return entries;
    }

    /** The numbers of the packs. */
    synchronized BitSet packs() {
        BitSet result = new BitSet();
        packs.forEach(result::set);
        return result;
    }

    synchronized int blobs() {
        return table.size();
    }

    /** Forgets everything if all packs are among those of which an index tells. */
    synchronized void forgetIf(BitSet indexed) {
        if (!packs.isEmpty() && packs.stream().allMatch(indexed::get)) {
            packs.clear();
            table = new BlobTable();
        }
    }

    /** Gives the table, whose pack numbers are positions in the list of packs, to somebody while nobody changes it. */
    synchronized <T> T read(Reader<T> reader) {
        return reader.read(table, List.copyOf(packs));
    }

    /** Reads the table. */
    interface Reader<T> {
        T read(BlobTable table, List<Integer> packs);
    }
}
