package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.release.ReleasesContract;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReleasesTest extends ReleasesContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }
}
