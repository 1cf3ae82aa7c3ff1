package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunSearchContract;

class RunSearchTest extends RunSearchContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
