package dev.mlops.examples.shared;

import dev.mlops.api.Mlops;
import dev.mlops.testkit.dataset.DatasetReadContract;
import java.nio.file.Path;
import java.util.Optional;

class DatasetReadTest extends DatasetReadContract {
    @Override
    protected Mlops mlops() {
        return SharedStore.mlops();
    }

    @Override
    protected Optional<Path> objectDirectory() {
        return Optional.of(SharedStore.objectDirectory());
    }
}
