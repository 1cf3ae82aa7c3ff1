package dev.mlops.testkit.access;

import dev.mlops.api.access.Asset;
import dev.mlops.testkit.fixture.Scene;

/** The assets of a scene on which calls need privileges. */
enum Place {
    PROJECT,
    MODEL,
    SPARE_MODEL,
    DATA,
    SPARE_DATA,
    EXPERIMENT,
    APPLICATION;

    Asset in(Scene scene) {
        return switch (this) {
            case PROJECT -> Asset.project(scene.project().info().id());
            case MODEL -> Asset.model(scene.model().modelId());
            case SPARE_MODEL -> Asset.model(scene.spareModel().modelId());
            case DATA -> Asset.dataset(scene.data().datasetId());
            case SPARE_DATA -> Asset.dataset(scene.spareData().datasetId());
            case EXPERIMENT -> Asset.experiment(scene.run().experimentId());
            case APPLICATION -> Asset.application(scene.application().applicationId());
        };
    }
}
