package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelAliasContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelAliasTest extends ModelAliasContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
