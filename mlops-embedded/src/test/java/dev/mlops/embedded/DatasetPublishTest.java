package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetPublishContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetPublishTest extends DatasetPublishContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
