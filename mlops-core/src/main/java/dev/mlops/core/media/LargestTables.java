package dev.mlops.core.media;

import dev.mlops.api.dataset.DatasetSummary.Table;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Keeps the tables with the most bytes. */
final class LargestTables {
    private static final int MAX_TABLES = 20;

    private final TreeSet<Sized> tables = new TreeSet<>(Comparator.comparingLong(Sized::bytes)
            .reversed()
            .thenComparing(sized -> sized.table().path()));

    private record Sized(Table table, long bytes) {}

    void add(Table table, long bytes) {
        add(new Sized(table, bytes));
    }

    private void add(Sized sized) {
        tables.add(sized);
        if (tables.size() > MAX_TABLES) {
            tables.pollLast();
        }
    }

    void merge(LargestTables other) {
        other.tables.forEach(this::add);
    }

    List<Table> list() {
        return tables.stream().map(Sized::table).toList();
    }
}
