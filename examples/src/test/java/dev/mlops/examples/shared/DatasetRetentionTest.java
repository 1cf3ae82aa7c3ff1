package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetRetentionContract;

class DatasetRetentionTest extends DatasetRetentionContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
