package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.model.ModelNumberContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ModelNumberTest extends ModelNumberContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
