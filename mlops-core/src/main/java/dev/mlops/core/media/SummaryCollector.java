package dev.mlops.core.media;

import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.ImageSize;
import dev.mlops.api.dataset.DatasetSummary.Recordings;
import dev.mlops.api.dataset.DatasetSummary.Table;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.MediaFacts;
import dev.mlops.api.dataset.TableColumn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes the summary of a version from its files, in any order. Several may each take a part of the files and be merged.
 * Takes bounded memory whatever comes. For one thread at a time.
 */
public final class SummaryCollector {
    private final Map<String, Table> known = new HashMap<>();
    private final TypeCounts types = new TypeCounts();
    private final SizeCounts sizes = new SizeCounts();
    private final LargestTables tables = new LargestTables();
    private long files;
    private long bytes;
    private long emptyFolders;
    private long links;
    private long recordings;
    private long millis;

    /**
     * An empty collector.
     *
     * @param parent the summary of the version before, which tells the columns of tables that are not read again; or null
     */
    public SummaryCollector(@Nullable DatasetSummary parent) {
        if (parent != null) {
            parent.tables().forEach(table -> known.put(table.path(), table));
        }
    }

    /** Adds a file that was inspected. */
    public void add(FileEntry entry, Inspection found) {
        count(entry);
        table(entry, found.columns(), found.columnCount());
    }

    /** Adds a file that was not read, from what its entry says. */
    public void add(FileEntry entry) {
        count(entry);
        Table before = known.get(entry.path());
        if (before != null && before.sha256().equals(entry.sha256())) {
            table(entry, before.columns(), before.columnCount());
        } else {
            table(entry, List.of(), 0);
        }
    }

    private void count(FileEntry entry) {
        switch (entry.kind()) {
            case FOLDER -> emptyFolders++;
            case LINK -> {
                links++;
                count(entry.size());
            }
            case FILE -> {
                count(entry.size());
                types.add(entry.mediaType(), 1, entry.size());
                facts(entry.facts());
            }
        }
    }

    private void count(long size) {
        files++;
        bytes += size;
    }

    private void facts(MediaFacts facts) {
        if (facts.width() != null && facts.height() != null) {
            sizes.add(new ImageSize(facts.width(), facts.height()), 1);
        }
        if (facts.durationMillis() != null) {
            recordings++;
            millis += facts.durationMillis();
        }
    }

    private void table(FileEntry entry, List<TableColumn> columns, int columnCount) {
        Long rows = entry.facts().rows();
        if (rows != null) {
            tables.add(new Table(entry.path(), entry.sha256(), rows, columns, columnCount), entry.size());
        }
    }

    /** Adds what another one has collected of other files. */
    public void merge(SummaryCollector other) {
        files += other.files;
        bytes += other.bytes;
        emptyFolders += other.emptyFolders;
        links += other.links;
        recordings += other.recordings;
        millis += other.millis;
        types.merge(other.types);
        sizes.merge(other.sizes);
        tables.merge(other.tables);
    }

    /** The summary of what was added. */
    public DatasetSummary summary() {
        Recordings sound = recordings == 0 ? null : new Recordings(recordings, Duration.ofMillis(millis));
        return new DatasetSummary(
                files, bytes, emptyFolders, links, types.types(), sizes.images(), sound, tables.list());
    }
}
