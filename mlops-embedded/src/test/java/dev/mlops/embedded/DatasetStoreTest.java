package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetStoreContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetStoreTest extends DatasetStoreContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
