package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelRegistryContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelRegistryTest extends ModelRegistryContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
