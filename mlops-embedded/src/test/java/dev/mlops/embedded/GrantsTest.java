package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.access.GrantsContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class GrantsTest extends GrantsContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
