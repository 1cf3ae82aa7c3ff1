package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetSourcesContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetSourcesTest extends DatasetSourcesContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
