package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunAccessContract;

class RunAccessTest extends RunAccessContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
