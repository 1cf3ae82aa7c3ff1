package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelAliasContract;

class ModelAliasTest extends ModelAliasContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
