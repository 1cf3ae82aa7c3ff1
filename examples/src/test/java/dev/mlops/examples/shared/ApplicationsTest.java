package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.release.ApplicationsContract;

class ApplicationsTest extends ApplicationsContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
