package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.release.ReleasesContract;

class ReleasesTest extends ReleasesContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
