package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetBranchContract;

class DatasetBranchTest extends DatasetBranchContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
