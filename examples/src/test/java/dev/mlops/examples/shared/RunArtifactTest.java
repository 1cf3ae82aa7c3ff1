package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunArtifactContract;

class RunArtifactTest extends RunArtifactContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }
}
