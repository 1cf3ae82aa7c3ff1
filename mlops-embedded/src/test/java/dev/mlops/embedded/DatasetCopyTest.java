package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetCopyContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetCopyTest extends DatasetCopyContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @RegisterExtension
    static final EmbeddedStore ELSEWHERE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }

    @Override
    protected Mlops elsewhere() {
        return ELSEWHERE.mlops();
    }
}
