package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.lineage.LineageContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class LineageTest extends LineageContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
