package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunAccessContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunAccessTest extends RunAccessContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
