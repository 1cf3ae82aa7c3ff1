package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.run.RunArtifactContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class RunArtifactTest extends RunArtifactContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
