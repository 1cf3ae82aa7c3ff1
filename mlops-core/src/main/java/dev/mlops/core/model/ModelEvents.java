package dev.mlops.core.model;

import dev.mlops.api.access.Asset;
import dev.mlops.api.event.EventKind;
import dev.mlops.api.model.Model;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Records what happens to models and their versions. */
final class ModelEvents {
    private final ProjectContext context;

    ModelEvents(ProjectContext context) {
        this.context = context;
    }

    void created(MetadataTransaction tx, Model model) {
        record(tx, EventKind.CREATED, model, "model " + model.name(), null, detail(model));
    }

    void updated(MetadataTransaction tx, Model before, Model after) {
        record(tx, EventKind.UPDATED, after, "model " + after.name(), detail(before), detail(after));
    }

    void destroyed(MetadataTransaction tx, Model model) {
        record(tx, EventKind.DESTROYED, model, "model " + model.name(), detail(model), null);
    }

    void imported(MetadataTransaction tx, Model model, ModelVersion version) {
        record(tx, EventKind.IMPORTED, model, subject(model, version), null, detail(version));
    }

    void versionDestroyed(MetadataTransaction tx, Model model, ModelVersion version) {
        record(tx, EventKind.DESTROYED, model, subject(model, version), detail(version), null);
    }

    private void record(
            MetadataTransaction tx,
            EventKind kind,
            Model model,
            String subject,
            @Nullable Map<String, ?> before,
            @Nullable Map<String, ?> after) {
        context.record(tx, kind, Asset.model(model.id()), subject, before, after);
    }

    private static String subject(Model model, ModelVersion version) {
        return "model version %s:%s".formatted(model.name(), version.version());
    }

    private static Map<String, Object> detail(Model model) {
        return Map.of(
                "description", model.description(),
                "labels", new TreeSet<>(model.labels()),
                "documents",
                        model.documents().stream()
                                .map(document -> Map.of(
                                        "name",
                                        document.name(),
                                        "url",
                                        document.url().toString()))
                                .toList(),
                "numbering", model.numbering());
    }

    private static Map<String, Object> detail(ModelVersion version) {
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put("version", version.version());
        detail.put("title", version.title());
        detail.put("source", version.source());
        detail.put("files", version.files().size());
        detail.put("bytes", version.bytes());
        detail.put("digest", version.digest());
        detail.put("datasets", version.datasetVersionIds());
        String runId = version.runId();
        if (runId != null) {
            detail.put("run", runId);
        }
        return detail;
    }
}
