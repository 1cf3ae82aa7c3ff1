package dev.mlops.embedded;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetReadContract;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetReadTest extends DatasetReadContract {
    @RegisterExtension
    static final EmbeddedStore STORE = new EmbeddedStore();

    @Override
    protected Mlops mlops() {
        return STORE.mlops();
    }

    @Override
    protected Optional<Path> objectDirectory() {
        return Optional.of(STORE.home().resolve("objects"));
    }
}
