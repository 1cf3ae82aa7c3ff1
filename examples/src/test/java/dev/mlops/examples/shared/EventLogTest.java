package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.event.EventLogContract;

class EventLogTest extends EventLogContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
