package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelNumberContract;

class ModelNumberTest extends ModelNumberContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
