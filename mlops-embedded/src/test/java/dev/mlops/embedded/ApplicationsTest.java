package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.release.ApplicationsContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ApplicationsTest extends ApplicationsContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
