package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetBranchContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetBranchTest extends DatasetBranchContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
