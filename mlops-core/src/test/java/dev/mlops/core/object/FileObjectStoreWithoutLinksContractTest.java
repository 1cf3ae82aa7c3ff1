package dev.mlops.core.object;

import dev.mlops.api.spi.object.ObjectStore;
import dev.mlops.testkit.object.ObjectStoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** As on a file system that has no hard links. */
class FileObjectStoreWithoutLinksContractTest extends ObjectStoreContract {
    @TempDir
    Path directory;

    @Override
    protected ObjectStore openStore() {
        return FileObjectStore.open(directory, (staging, lockFile) -> Naming.underLock(lockFile));
    }

    @Override
    protected boolean keepsLocalFiles() {
        return true;
    }
}
