package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunTrackerContract;

class RunTrackerTest extends RunTrackerContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
