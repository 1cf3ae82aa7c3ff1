package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetRetentionContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetRetentionTest extends DatasetRetentionContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
