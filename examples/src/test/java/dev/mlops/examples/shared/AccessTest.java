package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.access.AccessContract;

class AccessTest extends AccessContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
