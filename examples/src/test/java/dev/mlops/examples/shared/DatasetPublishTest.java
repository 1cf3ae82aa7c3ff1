package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetPublishContract;

class DatasetPublishTest extends DatasetPublishContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
