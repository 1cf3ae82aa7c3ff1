package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.event.EventsOfChangesContract;

class EventsOfChangesTest extends EventsOfChangesContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
