package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelImportContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelImportTest extends ModelImportContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
