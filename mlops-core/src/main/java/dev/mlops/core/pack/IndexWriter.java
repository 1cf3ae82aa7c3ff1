package dev.mlops.core.pack;

import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.error.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/** Writes indexes to files, which are not synced: an index can be made again from packs. */
public final class IndexWriter {
    private IndexWriter() {}

    /** The key of an index in the object store. */
    public static String key(String indexId) {
        return IndexLayout.key(indexId);
    }

    /**
     * Writes the index of a table.
     *
     * @param file is made, or replaced
     * @param packIds the ids of the packs by the table's numbers
     * @throws InvalidInputException if the index would be longer than 2 GiB, which is about 44 million blobs: write
     *     several
     * @throws UnavailableException if the file cannot be written
     */
    public static WrittenIndex write(Path file, BlobTable table, List<String> packIds) {
        byte[] entry = new byte[IndexLayout.ENTRY];
        try (IndexFile out = new IndexFile(file, packIds)) {
            for (int slot : table.sortedSlots()) {
                table.copyEntry(slot, entry, 0);
                out.add(entry);
            }
            return out.finish();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    /**
     * Merges indexes into one without holding them in memory. Packs that are not kept are left out with their entries. A
     * blob in several packs keeps an entry for each, because one may be collected before the other; the one of the latest
     * index comes first, and so is what {@link BlobIndex#find} gives.
     *
     * @param file is made, or replaced; none of {@code indexes}
     * @param indexes oldest first
     * @param keepPack tells the ids of packs to keep
     * @throws InvalidInputException if the index would be longer than 2 GiB
     * @throws UnavailableException if the file cannot be written
     */
    public static WrittenIndex merge(Path file, List<BlobIndex> indexes, Predicate<String> keepPack) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        PriorityQueue<IndexCursor> cursors = new PriorityQueue<>();
        for (int age = 0; age < indexes.size(); age++) {
            BlobIndex index = indexes.get(age);
            IndexCursor cursor = new IndexCursor(index, age, numbers(index, numbers, keepPack));
            if (cursor.next()) {
                cursors.add(cursor);
            }
        }
        try (IndexFile out = new IndexFile(file, new ArrayList<>(numbers.keySet()))) {
            byte[] entry = new byte[IndexLayout.ENTRY];
            for (IndexCursor cursor = cursors.poll(); cursor != null; cursor = cursors.poll()) {
                cursor.copyEntry(entry);
                out.add(entry);
                if (cursor.next()) {
                    cursors.add(cursor);
                }
            }
            return out.finish();
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static int[] numbers(BlobIndex index, Map<String, Integer> numbers, Predicate<String> keepPack) {
        int[] local = new int[index.packs()];
        for (int pack = 0; pack < local.length; pack++) {
            String packId = index.packId(pack);
            if (numbers.containsKey(packId) || keepPack.test(packId)) {
                local[pack] = numbers.computeIfAbsent(packId, next -> numbers.size());
            } else {
                local[pack] = IndexCursor.DROPPED;
            }
        }
        return local;
    }

    private static UnavailableException unwritable(Path file, IOException e) {
        return new UnavailableException("cannot write an index to %s: %s".formatted(file, e), e);
    }
}
