package dev.mlops.core.dataset;

import dev.mlops.api.access.Asset;
import dev.mlops.api.dataset.Branch;
import dev.mlops.api.dataset.Contribution;
import dev.mlops.api.dataset.Dataset;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.dataset.VersionTag;
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

    /** Records what happened to a branch, a tag or a contribution. */
    private void record(
            MetadataTransaction tx,
            EventKind kind,
            Dataset dataset,
            String what,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        String subject = "%s of data set %s".formatted(what, dataset.name());
        context.record(tx, kind, Asset.dataset(dataset.id()), subject, before, after);
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Dataset dataset,
            Branch branch,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        record(tx, kind, dataset, "branch " + branch.name(), before, after);
    }

    void moved(MetadataTransaction tx, Dataset dataset, Branch before, Branch after) {
        record(tx, EventKind.MOVED, dataset, after, detail(before), detail(after));
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Dataset dataset,
            VersionTag tag,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        record(tx, kind, dataset, "tag " + tag.name(), before, after);
    }

    void record(
            MetadataTransaction tx,
            EventKind kind,
            Dataset dataset,
            Contribution contribution,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        record(tx, kind, dataset, "contribution #" + contribution.number(), before, after);
    }

    static Map<String, Object> detail(Branch branch) {
        return Map.of("name", branch.name(), "head", branch.head());
    }

    static Map<String, Object> detail(VersionTag tag) {
        return Map.of("name", tag.name(), "version", tag.version());
    }

    static Map<String, Object> detail(Contribution contribution) {
        Map<String, Object> detail = new TreeMap<>();
        detail.put("title", contribution.title());
        detail.put("branch", contribution.branch());
        detail.put("target", contribution.target());
        detail.put("state", contribution.state().name());
        detail.put("reason", contribution.reason());
        if (contribution.resultId() != null) {
            detail.put("result", contribution.resultId());
        }
        return detail;
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
        if (version.mergedId() != null) {
            detail.put("merged", version.mergedId());
        }
        return detail;
    }
}
