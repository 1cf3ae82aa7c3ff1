package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.access.GrantsContract;

class GrantsTest extends GrantsContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
