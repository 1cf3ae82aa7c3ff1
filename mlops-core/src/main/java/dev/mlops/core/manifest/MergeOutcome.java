package dev.mlops.core.manifest;

import dev.mlops.api.dataset.MergeConflict;
import java.util.List;

/** What a merge of manifests came to. */
public sealed interface MergeOutcome {
    /**
     * It was made.
     *
     * @param manifest the merged manifest; the very one of a side if it lists the same files
     */
    record Merged(Manifest manifest) implements MergeOutcome {}

    /**
     * It was not.
     *
     * @param conflicts why, by path; not empty, and cut at {@link ManifestMerge#MAX_CONFLICTS}
     */
    record Conflicting(List<MergeConflict> conflicts) implements MergeOutcome {
        /** Copies the list. */
        public Conflicting {
            conflicts = List.copyOf(conflicts);
        }
    }
}
