package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.page.Page;
import dev.mlops.api.page.PageRequest;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds common ancestors. Both parents of a version have smaller ordinals than it has, so one pass over the versions of
 * the data set, newest first, meets each version after all that come from it; it reads {@value #PAGE} versions at a time
 * and ends at the first that both come from.
 */
final class Ancestry {
    private static final int PAGE = 500;
    private static final int ONE = 1;
    private static final int OTHER = 2;

    private final Map<String, Integer> descendants = new HashMap<>();

    private Ancestry() {}

    /** The newest version from which both come, which may be one of them. */
    static Optional<DatasetVersion> common(MetadataTransaction tx, DatasetVersion one, DatasetVersion other) {
        if (!one.datasetId().equals(other.datasetId())) {
            return Optional.empty();
        }
        return common(request -> tx.datasets().versions(one.datasetId(), request), PAGE, one, other);
    }

    /** Of a history that is given in pages, newest first. */
    static Optional<DatasetVersion> common(
            Function<PageRequest, Page<DatasetVersion>> history,
            int pageSize,
            DatasetVersion one,
            DatasetVersion other) {
        Ancestry ancestry = new Ancestry();
        ancestry.mark(one.id(), ONE);
        ancestry.mark(other.id(), OTHER);
        return ancestry.search(history, pageSize);
    }

    private Optional<DatasetVersion> search(Function<PageRequest, Page<DatasetVersion>> history, int pageSize) {
        @Nullable String token = null;
        do {
            Page<DatasetVersion> page = history.apply(new PageRequest(pageSize, token));
            for (DatasetVersion version : page.items()) {
                Integer marks = descendants.remove(version.id());
                if (marks != null && marks == (ONE | OTHER)) {
                    return Optional.of(version);
                }
                if (marks != null) {
                    mark(version.parentId(), marks);
                    mark(version.mergedId(), marks);
                }
            }
            token = page.nextToken().orElse(null);
        } while (token != null && !descendants.isEmpty());
        return Optional.empty();
    }

    private void mark(@Nullable String id, int marks) {
        if (id != null) {
            descendants.merge(id, marks, (a, b) -> a | b);
        }
    }
}
