package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.lineage.LineageContract;

class LineageTest extends LineageContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
