package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.event.EventsOfChangesContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventsOfChangesTest extends EventsOfChangesContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
