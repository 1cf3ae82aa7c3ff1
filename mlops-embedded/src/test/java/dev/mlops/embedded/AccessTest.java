package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.access.AccessContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class AccessTest extends AccessContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
