package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetStoreContract;

class DatasetStoreTest extends DatasetStoreContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
