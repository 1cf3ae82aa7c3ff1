package dev.mlops.core.manifest;

import dev.mlops.api.dataset.FileEntry;
import org.jspecify.annotations.Nullable;

/** Is told how a merged manifest differs from ours, by path, so that sums over it can be made from those over ours. */
@FunctionalInterface
public interface MergeChanges {
    /** For a caller who does not want to know. */
    MergeChanges NONE = (ours, merged) -> {};

    /**
     * One path differs, be it in its split or time only.
     *
     * @param ours the file in ours, or null
     * @param merged the file in the merged manifest, or null
     */
    void changed(@Nullable FileEntry ours, @Nullable FileEntry merged);
}
