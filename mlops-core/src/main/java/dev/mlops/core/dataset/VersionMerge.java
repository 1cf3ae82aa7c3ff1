package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetSummary.Table;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.MergeConflict;
import dev.mlops.api.dataset.MergeOptions.OnConflict;
import dev.mlops.api.error.MergeConflictException;
import dev.mlops.core.content.ContentWriter;
import dev.mlops.core.context.ProjectContext;
import dev.mlops.core.manifest.Manifest;
import dev.mlops.core.manifest.ManifestMerge;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.MergeOutcome.Conflicting;
import dev.mlops.core.manifest.MergeOutcome.Merged;
import dev.mlops.core.manifest.StoredManifest;
import dev.mlops.core.media.DatasetSummaryJson;
import dev.mlops.core.media.SummaryCollector;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Merges the files of versions. Thread-safe. */
final class VersionMerge {
    private final Manifests manifests;

    VersionMerge(ProjectContext context) {
        this.manifests = context.store().manifests();
    }

    /** What conflicts between two versions with a common ancestor, or null if they have none. */
    List<MergeConflict> conflicts(@Nullable DatasetVersion base, DatasetVersion ours, DatasetVersion theirs) {
        return new ManifestMerge(open(base), open(ours), open(theirs), OnConflict.REFUSE).conflicts();
    }

    /**
     * Merges, stores and flushes.
     *
     * @param what what is merged into what, for the message
     * @throws MergeConflictException if they conflict
     */
    Draft merge(
            @Nullable DatasetVersion base,
            DatasetVersion ours,
            Draft theirs,
            OnConflict onConflict,
            ContentWriter content,
            String what) {
        StoredManifest left = open(ours);
        StoredManifest right = manifests.open(theirs.manifest().digest());
        SplitTally tally = new SplitTally(ours.splits(), theirs.splits());
        var outcome = new ManifestMerge(open(base), left, right, onConflict).merge(content, tally, () -> null);
        if (outcome instanceof Conflicting conflicting) {
            throw new MergeConflictException(what, conflicting.conflicts());
        }
        content.flush();
        Manifest merged = withSummary(((Merged) outcome).manifest(), left, right, content);
        return new Draft(merged, tally.splits());
    }

    private StoredManifest open(@Nullable DatasetVersion version) {
        return version == null ? manifests.empty() : manifests.open(version.manifest());
    }

    /** Gives a merge of versions that say what is inside their files a summary as well. */
    private Manifest withSummary(Manifest merged, StoredManifest ours, StoredManifest theirs, ContentWriter content) {
        StoredManifest stored = manifests.open(merged.digest());
        if (stored.summary().isPresent()
                || (ours.summary().isEmpty() && theirs.summary().isEmpty())) {
            return merged;
        }
        SummaryCollector collector = new SummaryCollector(tables(stored, ours, theirs));
        stored.entries().forEachRemaining(collector::add);
        Manifest result = stored.withSummary(content, DatasetSummaryJson.toJson(collector.summary()));
        content.flush();
        return result;
    }

    /** What the two sides know of the tables that the merge has. */
    private static DatasetSummary tables(StoredManifest merged, StoredManifest ours, StoredManifest theirs) {
        List<Table> tables = new ArrayList<>();
        for (StoredManifest side : List.of(ours, theirs)) {
            Optional<DatasetSummary> summary = side.summary().map(DatasetSummaryJson::fromJson);
            summary.ifPresent(found -> found.tables().stream()
                    .filter(table -> merged.find(table.path())
                            .filter(file -> file.sha256().equals(table.sha256()))
                            .isPresent())
                    .forEach(tables::add));
        }
        return new DatasetSummary(0, 0, 0, 0, List.of(), null, null, tables);
    }
}
