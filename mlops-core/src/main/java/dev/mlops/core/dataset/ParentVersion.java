package dev.mlops.core.dataset;

import dev.mlops.api.dataset.DatasetSummary;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.FileEntry;
import dev.mlops.api.dataset.SplitSummary;
import dev.mlops.api.error.IntegrityException;
import dev.mlops.core.file.PathOrder;
import dev.mlops.core.manifest.ManifestCursor;
import dev.mlops.core.manifest.Manifests;
import dev.mlops.core.manifest.StoredManifest;
import dev.mlops.core.media.DatasetSummaryJson;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The version from which the next one is made.
 *
 * @param manifest its files; none if there is no such version
 * @param splits its splits
 */
record ParentVersion(StoredManifest manifest, List<SplitSummary> splits) {
    private static final Logger LOG = LoggerFactory.getLogger(ParentVersion.class);

    /** A version whose list of files is damaged tells nothing: publishing the files again is what mends it. */
    static ParentVersion of(DatasetVersion version, Manifests manifests) {
        try {
            return new ParentVersion(manifests.open(version.manifest()), version.splits());
        } catch (IntegrityException e) {
            LOG.debug("the manifest of {} is damaged; the next version is made without it", version.reference(), e);
            return new ParentVersion(manifests.empty(), List.of());
        }
    }

    @Nullable
    DatasetSummary summary() {
        return manifest.summary().map(DatasetSummaryJson::fromJson).orElse(null);
    }

    /** Finds files that are asked for by path, one after the other in their order. */
    Lookup lookup() {
        return new Lookup(manifest.entries());
    }

    /** Goes over the files once. Confined to one thread. */
    static final class Lookup {
        private final ManifestCursor files;

        private Lookup(ManifestCursor files) {
            this.files = files;
        }

        @Nullable
        FileEntry find(String path) {
            while (files.hasNext()) {
                int order = PathOrder.BY_CODE_POINT.compare(files.peek().path(), path);
                if (order >= 0) {
                    return order == 0 ? files.next() : null;
                }
                files.next();
            }
            return null;
        }
    }
}
