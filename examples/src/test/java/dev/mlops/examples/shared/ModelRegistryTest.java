package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelRegistryContract;

class ModelRegistryTest extends ModelRegistryContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
