package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunLoggingContract;

class RunLoggingTest extends RunLoggingContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
