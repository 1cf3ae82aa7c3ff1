package dev.mlops.core.content;

import dev.mlops.core.pack.BlobId;
import dev.mlops.core.pack.BlobTable;
import dev.mlops.core.pack.PackEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The blobs of packs that no index lists yet. Packs that have a blob in common are in different parts, since a table knows
 * one place of a blob only and each of the packs may be collected before the others. Thread-safe.
 */
final class RecentBlobs {
    private final List<Part> parts = new ArrayList<>();

    /** Packs and the table of their blobs, whose pack numbers are positions in the list of packs. */
    private static final class Part {
        private final List<Integer> packs = new ArrayList<>();
        private final BlobTable table = new BlobTable();

        boolean hasRoomFor(List<PackEntry> entries) {
            return entries.stream().noneMatch(entry -> table.find(entry.id()) >= 0);
        }

        void add(int pack, List<PackEntry> entries) {
            int local = packs.size();
            packs.add(pack);
            for (PackEntry entry : entries) {
                table.put(entry.id(), entry.kind(), local, entry.offset(), entry.storedLength(), entry.rawLength());
            }
        }

        BlobPlace place(long slot) {
            return new BlobPlace(
                    packs.get(table.pack(slot)),
                    table.offset(slot),
                    table.storedLength(slot),
                    table.rawLength(slot),
                    table.kind(slot));
        }

        PackEntry entry(long slot) {
            return new PackEntry(
                    table.id(slot),
                    table.kind(slot),
                    table.offset(slot),
                    table.storedLength(slot),
                    table.rawLength(slot));
        }
    }

    /** Notes the blobs of a pack. */
    synchronized void add(int pack, List<PackEntry> entries) {
        if (packs().get(pack)) {
            return;
        }
        parts.stream()
                .filter(part -> part.hasRoomFor(entries))
                .findFirst()
                .orElseGet(this::newPart)
                .add(pack, entries);
    }

    private Part newPart() {
        Part part = new Part();
        parts.add(part);
        return part;
    }

    /** Where a blob lies: in several packs if several have it. */
    synchronized List<BlobPlace> find(BlobId id) {
        List<BlobPlace> places = new ArrayList<>(1);
        for (int i = parts.size() - 1; i >= 0; i--) {
            long slot = parts.get(i).table.find(id);
            if (slot >= 0) {
                places.add(parts.get(i).place(slot));
            }
        }
        return places;
    }

    /** The blobs of a pack. */
    synchronized List<PackEntry> entries(int pack) {
        List<PackEntry> entries = new ArrayList<>();
        for (Part part : parts) {
            int local = part.packs.indexOf(pack);
            for (long slot = 0; local >= 0 && slot < part.table.size(); slot++) {
                if (part.table.pack(slot) == local) {
                    entries.add(part.entry(slot));
                }
            }
        }
        return entries;
    }

    /** The numbers of the packs. */
    synchronized BitSet packs() {
        BitSet result = new BitSet();
        parts.forEach(part -> part.packs.forEach(result::set));
        return result;
    }

    synchronized int blobs() {
        return parts.stream().mapToInt(part -> part.table.size()).sum();
    }

    /** Forgets packs all of whose part are among those of which an index tells. */
    synchronized void forgetIf(BitSet indexed) {
        parts.removeIf(part -> part.packs.stream().allMatch(indexed::get));
    }

    /** Gives each table, whose pack numbers are positions in the list of packs, to somebody while nobody changes it. */
    synchronized <T> List<T> read(Reader<T> reader) {
        return parts.stream()
                .map(part -> reader.read(part.table, List.copyOf(part.packs)))
                .toList();
    }

    /** Reads a table. */
    interface Reader<T> {
        T read(BlobTable table, List<Integer> packs);
    }
}
