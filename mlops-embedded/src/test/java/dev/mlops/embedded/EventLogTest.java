package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.event.EventLogContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventLogTest extends EventLogContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
