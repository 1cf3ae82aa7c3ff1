package dev.mlops.core.object;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.FaultyObjectStore;
import dev.mlops.testkit.object.ObjectStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Without faults it is an object store like any other. */
class FaultyObjectStoreContractTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore openStore() {
        return new FaultyObjectStore(FileObjectStore.open(directory), 1);
    }
}
