package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunSearchContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunSearchTest extends RunSearchContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
