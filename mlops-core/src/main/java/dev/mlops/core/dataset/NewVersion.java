package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.core.content.ContentWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version before it is inserted.
 *
 * @param name its name; empty for the next automatic one
 * @param branch the branch that it moves
 * @param parent the head that it must find there, or null for none
 * @param merged what was merged into the parent, or null
 * @param message what its maker says
 * @param metadata key-value pairs of the user
 * @param author who made the data
 * @param draft its files
 * @param joined versions that the files were merged from, which may have files that {@code content} did not put
 * @param content what put the others
 */
record NewVersion(
        Optional<String> name,
        String branch,
        @Nullable DatasetVersion parent,
        @Nullable DatasetVersion merged,
        String message,
        Map<String, String> metadata,
        String author,
        Draft draft,
        List<DatasetVersion> joined,
        ContentWriter content) {}
