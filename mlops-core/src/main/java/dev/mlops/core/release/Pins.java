package dev.mlops.core.release;

import dev.mlops.api.access.Asset;
import dev.mlops.api.access.Privilege;
import dev.mlops.api.dataset.DatasetVersion;
import dev.mlops.api.error.InvalidInputException;
import dev.mlops.api.model.ModelVersion;
import dev.mlops.api.release.Pin;
import dev.mlops.api.spi.metadata.MetadataTransaction;
import dev.mlops.core.context.ProjectContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an application version is tied to; the caller must be able to read all of it, in whatever project it is. */
final class Pins {
    private final ProjectContext context;

    Pins(ProjectContext context) {
        this.context = context;
    }

    /** Pins on model versions, at most one of each model. */
    List<Pin> models(MetadataTransaction tx, List<ModelVersion> versions) {
        Map<String, String> byModel = new HashMap<>();
        return versions.stream().map(version -> model(tx, version, byModel)).toList();
    }

    private Pin model(MetadataTransaction tx, ModelVersion version, Map<String, String> byModel) {
        String words = "model version " + version.reference();
        ModelVersion stored = tx.models().findVersionById(version.id()).orElseThrow(() -> context.notFound(words));
        context.require(tx, Privilege.READ, stored.projectId(), Asset.model(stored.modelId()), words);
        checkOnce("models", byModel.put(stored.modelId(), stored.reference()), stored.reference());
        return new Pin(stored.id(), stored.reference());
    }

    /** Pins on data set versions, at most one of each data set. */
    List<Pin> datasets(MetadataTransaction tx, List<DatasetVersion> versions) {
        Map<String, String> byDataset = new HashMap<>();
        return versions.stream().map(version -> dataset(tx, version, byDataset)).toList();
    }

    private Pin dataset(MetadataTransaction tx, DatasetVersion version, Map<String, String> byDataset) {
        String words = "data set version " + version.reference();
        DatasetVersion stored = tx.datasets().findVersionById(version.id()).orElseThrow(() -> context.notFound(words));
        context.require(tx, Privilege.READ, stored.projectId(), Asset.dataset(stored.datasetId()), words);
        checkOnce("datasets", byDataset.put(stored.datasetId(), stored.reference()), stored.reference());
        return new Pin(stored.id(), stored.reference());
    }

    private static void checkOnce(String field, @Nullable String other, String reference) {
        if (other != null) {
            throw new InvalidInputException(
                    field, reference, "comes beside " + other + "; an application version has at most one of each");
        }
    }
}
