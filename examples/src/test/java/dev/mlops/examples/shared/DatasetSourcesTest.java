package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetSourcesContract;

class DatasetSourcesTest extends DatasetSourcesContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
