package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunLoggingContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunLoggingTest extends RunLoggingContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
