package dev.mlops.core.dataset;

import dev.mlops.api.dataset.FileEntry;
import dev.mlops.core.media.Inspection;
import dev.mlops.core.source.FileStamp;
import org.jspecify.annotations.Nullable;

/**
 * A file of a publish whose bytes are in the store.
 *
 * @param entry what the manifest will say of it, but for its split
 * @param found what was found inside, or null if it was not read because it is unchanged
 * @param stamp what the file system says of it, or null if it is no regular file on disk
 */
record TakenFile(
        FileEntry entry,
        @Nullable Inspection found,
        @Nullable FileStamp stamp) {}
