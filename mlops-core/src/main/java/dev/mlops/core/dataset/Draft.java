package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.core.manifest.Manifest;
import java.util.List;

/**
 * What is to become a version, stored and flushed but not in use yet.
 *
 * @param manifest its files
 * @param splits its splits
 */
record Draft(Manifest manifest, List<SplitSummary> splits) {
    Draft {
        splits = List.copyOf(splits);
    }

    /** What a version has. */
    static Draft of(DatasetVersion version) {
        return new Draft(new Manifest(version.manifest(), version.files(), version.bytes()), version.splits());
    }
}
