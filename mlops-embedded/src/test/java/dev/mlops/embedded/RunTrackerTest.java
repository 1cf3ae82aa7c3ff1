package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunTrackerContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunTrackerTest extends RunTrackerContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
