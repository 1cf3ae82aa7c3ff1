package dev.mlops.core.object;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.ObjectStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreContractTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore openStore() {
        return FileObjectStore.open(directory.resolve("new/objects"));
    }

    @Override
    protected boolean keepsLocalFiles() {
        return true;
    }
}
