package dev.mlops.core.dataset;

import dev.mlops.api.access.Asset;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Records what happens to data sets and versions. Thread-safe. */
final class DatasetEvents {
    private final ProjectContext context;

    DatasetEvents(ProjectContext context) {
        this.context = context;
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Dataset dataset,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        context.record(tx, kind, Asset.dataset(dataset.id()), "data set " + dataset.name(), before, after);
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            DatasetVersion version,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        String subject = "data set version " + version.reference();
        context.record(tx, kind, Asset.dataset(version.datasetId()), subject, before, after);
    }

    static Map<String, Object> detail(Dataset dataset) {
        return Map.of("name", dataset.name(), "description", dataset.description(), "metadata", dataset.metadata());
    }

    static Map<String, Object> detail(DatasetVersion version) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("id", version.id());
        detail.put("name", version.name());
        detail.put("ordinal", version.ordinal());
        detail.put("message", version.message());
        detail.put("manifest", version.manifest());
        detail.put("files", version.files());
        detail.put("bytes", version.bytes());
        if (version.parentId() != null) {
            detail.put("parent", version.parentId());
        }
        return detail;
    }
}
