package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelImportContract;

class ModelImportTest extends ModelImportContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
